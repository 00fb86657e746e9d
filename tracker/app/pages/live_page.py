"""The live page: a view that draws what the feed says, and large buttons below it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from fastapi import FastAPI
from nicegui import app as assets
from nicegui import context, ui
from nicegui.element import Element

from tracker.app.pages.addresses import qr_svg
from tracker.app.pages.feed import Feed
from tracker.app.pages.shown import Shown
from tracker.app.wording import load_words
from tracker.coaching.counts import counted
from tracker.sensing.marks import Declared, Side

STATIC = Path(__file__).parent / "static"

LOAD_STEP_KG = 2.5
"""Two plates of 1.25 kg, the smallest that most gyms have."""

BACK_WITHIN_S = 1800.0
"""How long a page that went away may come back as it was, s: a phone in a pocket between two sets."""


class Steered(Protocol):
    """A session as its buttons know it."""

    def declare(self, declared: Declared) -> None:
        """Say something about the sets that start from now on."""

    def stop(self) -> None:
        """End the session."""


class LiveView(Element, component="live_view.js"):
    """Draws what the feed says."""


def web_app(feed: Feed, session: Steered, guest_url: Callable[[], str] | None = None) -> FastAPI:
    """Make the app that serves the live page; once in a process, for NiceGUI keeps its pages for good.

    Parameters
    ----------
    feed
        What is shown.
    session
        What the buttons act on.
    guest_url
        Writes an address that lets one more browser in; None where the page is not shared.
    """
    web = FastAPI(openapi_url=None)
    web.add_api_websocket_route("/live", feed.serve)
    assets.add_static_files("/tracker", STATIC)

    @ui.page("/", title="tracker", dark=True, reconnect_timeout=BACK_WITHIN_S)
    def live() -> None:
        ui.add_head_html('<link rel="stylesheet" href="/tracker/live.css">')
        LiveView()
        Controls(session, guest_url).follow(feed)

    assets.config.quasar_config["loadingBar"]["skipHijack"] = True  # nothing on this page loads for long
    ui.run_with(web, title="tracker", language="en-US", show_welcome_message=False, tailwind=False)
    return web


class Controls:
    """The buttons of one page; they show what holds for the next set."""

    def __init__(self, session: Steered, guest_url: Callable[[], str] | None) -> None:
        self._session = session
        self._shown: Shown | None = None
        self._asking: ui.dialog | None = None
        with ui.element("nav").classes("controls").props('aria-label="session"'):
            with ui.element("div").classes("between-sets") as self._between:
                self._left = self._button("◀ Left", lambda: self._session.declare(Declared(side=Side.LEFT)))
                self._right = self._button(
                    "Right ▶", lambda: self._session.declare(Declared(side=Side.RIGHT))
                )
                self._load = self._stepper("load", self._add_load, LOAD_STEP_KG)
                self._target = self._stepper("target", self._add_target, 1)
            with ui.element("div").classes("always"):
                self._button("Sound").on("click", js_handler="() => window.tracker.openSound()")
                if guest_url:
                    self._button("Second screen", lambda: _show_code(guest_url()))
                self._button("Stop", self._ask_to_stop)

    def follow(self, feed: Feed) -> None:
        """Keep the buttons as the session is, while the page is open."""
        forget = feed.listen(self._update)
        context.client.on_delete(forget)

    def _button(self, text: str, act: Callable[[], object] | None = None) -> ui.button:
        return ui.button(text, on_click=act, color=None).props("unelevated no-caps").classes("big")

    def _stepper(self, what: str, add: Callable[[float], None], step: float) -> ui.label:
        with ui.element("div").classes("stepper").props(f'role="group" aria-label="{what}"'):
            self._button("-", lambda: add(-step)).props(f'aria-label="less {what}"')
            said = ui.label().classes("said")
            self._button("+", lambda: add(step)).props(f'aria-label="more {what}"')
        return said

    def _add_load(self, step_kg: float) -> None:
        if self._shown:
            load_kg = max(0.0, self._shown.load_kg + step_kg)
            self._session.declare(Declared(load_kg=load_kg))

    def _add_target(self, step: float) -> None:
        if self._shown:
            self._session.declare(Declared(target_reps=max(1, self._shown.target + round(step))))

    def _ask_to_stop(self) -> None:
        if self._asking and self._asking.value:  # of a double click
            return
        with ui.dialog(value=True).props('aria-label="end the session"') as dialog, ui.card().classes("ask"):
            self._asking = dialog
            dialog.on("hide", dialog.delete)
            trouble = self._shown.trouble if self._shown else ""
            ui.label(f"End the session? {trouble or 'Everything is saved.'}")
            with ui.row():
                self._button("Go on", dialog.close)
                self._button("End it", self._session.stop).on_click(dialog.close)

    def _update(self, shown: Shown) -> None:
        self._shown = shown
        self._load.set_text(load_words(shown.load_kg) if shown.load_kg else "no load")
        self._target.set_text(counted(shown.target, "rep") if shown.target else "no target")
        self._between.set_visibility(shown.stage != "set")
        for side, button in ((Side.LEFT, self._left), (Side.RIGHT, self._right)):
            button.props(f"aria-pressed={'true' if shown.side == side.value else 'false'}")


def _show_code(url: str) -> None:
    """Show the code that lets one more browser in."""
    with ui.dialog(value=True).props('aria-label="second screen"') as dialog, ui.card().classes("ask"):
        dialog.on("hide", dialog.delete)  # with its token, which is spent or not wanted
        ui.label("Scan this with one phone in the same network. The next one needs a code of its own.")
        ui.html(qr_svg(url), sanitize=False).classes("code").props('role="img" aria-label="QR code"')
        ui.button("Done", on_click=dialog.close, color=None).props("unelevated no-caps").classes("big")
