// The camera: pictures as they come, as many as can be read and no more.

/** The longer side of the pictures that are read, in pixels: enough for a code of 69 modules at arm's length. */
const LONGEST = 960;
/** Pictures are at least so many milliseconds apart. */
const APART = 60;
/** Without a picture for so long the guard is told. */
const STALLED = 3000;

/** Why there is no picture, as a word for the guard. */
export function whyNot(error) {
  switch (error?.name) {
    case "NotAllowedError":
    case "SecurityError":
      return "not-allowed";
    case "NotFoundError":
    case "OverconstrainedError":
      return "none";
    case "NotReadableError":
    case "AbortError":
      return "in-use";
    default:
      return "failed";
  }
}

/**
 * A camera shown in a video element. `see(picture)` is called with pictures, one after another; `stalled(word)` once where
 * they stay away, and `comes()` when the first one is there, at the beginning and after a stall.
 */
export class Camera {
  #video;
  #see;
  #stalled;
  #comes;
  #stream = null;
  #canvas = document.createElement("canvas");
  #last = 0;
  #watch = null;
  #runs = false;
  #told = false;

  constructor(video, { see, stalled, comes }) {
    this.#video = video;
    this.#see = see;
    this.#stalled = stalled;
    this.#comes = comes;
  }

  /** Whether it runs: its pictures come. */
  get runs() {
    return this.#runs;
  }

  /** Begins; throws what the browser says where there is no camera. */
  async start(facing = "environment") {
    this.stop();
    const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
    const video = { facingMode: { ideal: facing }, ...size };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video });
    this.#stream = stream;
    const [track] = stream.getVideoTracks();
    track.addEventListener("ended", () => this.#stream === stream && this.#tell("ended"));
    this.#video.srcObject = stream;
    this.#last = performance.now();
    this.#watch = setInterval(() => {
      // A page that nobody sees has no pictures.
      if (document.hidden) this.#last = performance.now();
      else if (performance.now() - this.#last > STALLED) this.#tell("no-picture");
    }, 1000);
    try {
      await this.#video.play();
    } catch (error) {
      if (this.#stream === stream) this.stop();
      throw error;
    }
    void this.#run(stream);
  }

  /** A stall is told once, however long it lasts. */
  #tell(word) {
    this.#runs = false;
    if (this.#told) return;
    this.#told = true;
    this.#stalled(word);
  }

  /** Ends; the camera's light goes out. */
  stop() {
    clearInterval(this.#watch);
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#runs = false;
    this.#told = false;
    this.#video.srcObject = null;
  }

  /** Whether there is a torch, and turns it on or off. */
  async torch(on) {
    const [track] = this.#stream?.getVideoTracks() ?? [];
    if (!track?.getCapabilities?.().torch) return false;
    await track.applyConstraints({ advanced: [{ torch: on }] });
    return true;
  }

  async #run(stream) {
    const context = this.#canvas.getContext("2d", { willReadFrequently: true });
    while (this.#stream === stream) {
      const came = await next(this.#video);
      const { videoWidth: width, videoHeight: height } = this.#video;
      const now = performance.now();
      // The picture that a dead camera left behind is nobody who stands there now.
      if (!came || this.#stream !== stream || width === 0 || now - this.#last < APART || document.hidden) continue;
      this.#last = now;
      if (!this.#runs) {
        this.#runs = true;
        this.#told = false;
        this.#comes();
      }
      const scale = Math.min(1, LONGEST / Math.max(width, height));
      const size = [Math.round(width * scale), Math.round(height * scale)];
      if (this.#canvas.width !== size[0] || this.#canvas.height !== size[1]) {
        [this.#canvas.width, this.#canvas.height] = size;
      }
      context.drawImage(this.#video, 0, 0, ...size);
      try {
        await this.#see(context.getImageData(0, 0, ...size));
      } catch (error) {
        // One picture that cannot be read is followed by the next.
        console.error(error);
      }
    }
  }
}

/** Waits for the next picture; whether one came. Browsers without the call are asked again after a while. */
function next(video) {
  return new Promise((resolve) => {
    if (video.requestVideoFrameCallback) {
      const late = setTimeout(resolve, 500, false);
      video.requestVideoFrameCallback(() => {
        clearTimeout(late);
        resolve(true);
      });
    } else {
      setTimeout(resolve, APART, true);
    }
  });
}
