// What the speaker plays, in the browser.

const RATE = 16_000;
/** Sound is laid so far ahead of the clock: enough for a home network, too little to be noticed. */
const LEAD_S = 0.15;
/** More than this in store is not sound but delay: it is thrown away. */
const TOO_LATE_S = 0.6;
const RETRY_MS = 2000;

/** Tells `onChange(state, level)`: off, quiet (listening), playing, lost. */
export class Sound {
  constructor(onChange) {
    this.onChange = onChange;
    this.state = "off";
  }

  get isOn() {
    return this.state !== "off";
  }

  async toggle() {
    if (this.isOn) this.stop();
    else await this.start();
  }

  async start() {
    // At the rate of the samples: pieces then join without a seam, whatever the device runs at.
    this.context = new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
    this.gain = this.context.createGain();
    this.gain.connect(this.context.destination);
    await this.context.resume();
    this.change("quiet", 0);
    this.meter = setInterval(() => this.measure(), 100);
    this.listen(this.context);
  }

  stop() {
    this.request?.abort();
    clearInterval(this.meter);
    this.context?.close();
    this.context = undefined;
    this.change("off", 0);
  }

  async listen(context) {
    while (this.context === context) {
      this.request = new AbortController();
      try {
        const answer = await fetch("/speaker", { signal: this.request.signal });
        if (!answer.ok) throw new Error(String(answer.status));
        this.change("quiet", 0);
        await this.play(answer.body.getReader(), context);
      } catch {
        // Stopped, refused or cut off: told apart by whether we still want to listen.
      }
      if (this.context !== context) return;
      this.change("lost", 0);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  async play(reader, context) {
    this.next = 0;
    this.levels = [];
    let half;
    for (;;) {
      const { done, value } = await reader.read();
      if (done || this.context !== context) return;
      let bytes = value;
      if (half !== undefined) {
        bytes = new Uint8Array(value.length + 1);
        bytes[0] = half;
        bytes.set(value, 1);
      }
      half = bytes.length % 2 ? bytes[bytes.length - 1] : undefined;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length & ~1);
      const samples = [];
      for (let at = 0; at < view.byteLength; at += 2) samples.push(view.getInt16(at, true) / 32768);
      // A lone sample is the unit saying that it is still there.
      if (samples.length > 1) this.lay(samples, context);
    }
  }

  lay(samples, context) {
    const now = context.currentTime;
    if (this.next < now + 0.01) this.next = now + LEAD_S;
    if (this.next > now + TOO_LATE_S) return;
    const buffer = context.createBuffer(1, samples.length, RATE);
    buffer.getChannelData(0).set(samples);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.gain);
    source.start(this.next);
    const peak = samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
    this.levels.push({ from: this.next, to: this.next + buffer.duration, peak });
    this.next += buffer.duration;
  }

  measure() {
    const now = this.context?.currentTime ?? 0;
    this.levels = (this.levels ?? []).filter(({ to }) => to > now);
    if (this.state === "lost" || this.state === "off") return;
    const heard = this.levels.find(({ from }) => from <= now);
    if (heard) this.change("playing", Math.min(1, Math.sqrt(heard.peak) * 1.1));
    else if (this.levels.length === 0) this.change("quiet", 0);
  }

  change(state, level) {
    this.state = state;
    this.onChange(state, level);
  }
}
