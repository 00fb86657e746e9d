// What is heard, as switches: a dialog that also tells whether the browser lets the page sound at all.

const SWITCHES = [
  ["tick", "a tick for every rep"],
  ["lockout", "two notes for a lockout, a low one without"],
  ["alert", "rocking alert"],
  ["milestones", "target reached, end of the set"],
  ["link", "sensor lost and back"],
  ["glide", "glide tone: silent while level, on the side that is low"],
  ["guide", "tempo clicks (with a target tempo)"],
  ["speech", "spoken cues, one a rep"],
  ["numbers", "spoken rep numbers"],
];
const AUDIO = {
  off: "The sound is off.",
  running: "The sound is on.",
  suspended: "The browser has paused the sound: touch the page.",
  interrupted: "Something else plays: touch the page to go on.",
  closed: "The sound has ended: reload the page.",
};
const SPEECH = {
  ready: "",
  "no voices": "This browser has no voice: spoken cues stay silent.",
  "not supported": "This browser cannot speak.",
};

export const SoundPanel = {
  props: { sound: Object, state: Object },
  template: `
    <dialog ref="dialog" class="sounds" aria-labelledby="sounds-heading">
      <h2 id="sounds-heading">Sound</h2>
      <p role="status">{{ words }}</p>
      <fieldset>
        <legend>count at</legend>
        <label v-for="moment in ['top', 'bottom']">
          <input type="radio" name="moment" :value="moment" :checked="chosen.moment === moment"
                 @change="choose({ moment })"> the {{ moment }}
        </label>
      </fieldset>
      <label v-for="[name, what] in switches" class="switch">
        <input type="checkbox" :checked="chosen[name]" @change="choose({ [name]: $event.target.checked })"> {{ what }}
      </label>
      <label class="volume">volume
        <input type="range" min="0" max="1" step="0.05" :value="chosen.volume"
               @input="choose({ volume: Number($event.target.value) })">
      </label>
      <button type="button" class="big" @click="$refs.dialog.close()">Done</button>
    </dialog>`,

  data() {
    return { chosen: this.sound.settings, switches: SWITCHES };
  },

  computed: {
    words() {
      return [AUDIO[this.state.audio] ?? "", SPEECH[this.state.speech] ?? ""].filter(Boolean).join(" ");
    },
  },

  methods: {
    // Opening it is the tap that a browser asks for before a page may sound.
    open() {
      this.sound.arm();
      this.$refs.dialog.showModal();
    },
    choose(changes) {
      this.sound.settings = changes;
      this.chosen = this.sound.settings;
    },
  },
};
