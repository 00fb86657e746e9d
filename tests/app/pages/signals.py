"""What the browser rendered, as numbers to judge."""

import base64
from string import Template

import numpy as np
from playwright.async_api import Page

RATE_HZ = 48_000

QUIET = 1e-3
"""-60 dB: nobody hears what is below it."""

AS_TEXT = """
  const asText = (samples) => {
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768)
      text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return btoa(text);
  };
"""
"""Samples as numbers in JSON would take the browser a second."""

_RENDERING = Template("""async (given) => {
  $as_text
  const context = new OfflineAudioContext($channels, $length, $rate);
  const notes = [];
  $play
  const buffer = await context.startRendering();
  const channels = Array.from({ length: $channels }, (_, n) => asText(buffer.getChannelData(n)));
  return { channels, notes };
}""")


async def render(page: Page, play: str, given: object, *, channels: int = 1, length_s: float = 1.2):
    """Render `length_s` of what a piece of JavaScript plays.

    Parameters
    ----------
    play
        May use `context`, `given`, and push what it scheduled to `notes`.

    Returns
    -------
    samples, shape (channels, n), and the notes.
    """
    script = _RENDERING.substitute(
        as_text=AS_TEXT, channels=channels, length=round(length_s * RATE_HZ), rate=RATE_HZ, play=play
    )
    answer = await page.evaluate(script, given)
    samples = [np.frombuffer(base64.b64decode(text), "<f4") for text in answer["channels"]]
    return np.array(samples, float), answer["notes"]


def loudest_hz(samples, from_s, for_s):
    """The strongest frequency of a stretch, padded so that a short one is read to 1 Hz."""
    piece = stretch(samples, from_s, for_s)
    return float(np.argmax(np.abs(np.fft.rfft(piece * np.hanning(len(piece)), RATE_HZ))))


def loudness(samples, from_s=0.5, for_s=0.5):
    return float(np.sqrt(np.mean(stretch(samples, from_s, for_s) ** 2)))


def stretch(samples, from_s, for_s):
    first = round(from_s * RATE_HZ)
    return samples[first : first + round(for_s * RATE_HZ)]
