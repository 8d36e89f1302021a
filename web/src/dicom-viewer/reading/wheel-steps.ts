/** The parts of a `WheelEvent`, and the older `wheelDeltaY` that most browsers have beside it. */
export interface WheelTurn {
  deltaY: number;
  /** 0: pixels, 1: lines, 2: pages. */
  deltaMode: number;
  /** 120 for each notch of a mouse wheel, upwards. */
  wheelDeltaY?: number;
}

const WHEEL_DELTA_OF_NOTCH = 120;
/** Browsers scroll three lines, or 100 to 120 pixels, for a notch. */
const LINES_OF_NOTCH = 3;
const PIXELS_OF_NOTCH = 100;
/** Trackpads send many small events: their pixels for one step. */
const PIXELS_OF_STEP = 40;

/** Counts the steps of a wheel: one for each notch, also if an event has several, and one for each stretch on a trackpad. */
export class WheelSteps {
  /** The part of a step that is not done yet. */
  #rest = 0;

  /** The steps of an event, downwards positive. Most events of a trackpad have none. */
  take(turn: WheelTurn): number {
    const turned = stepsOf(turn);
    // Whoever turns back does not first take back what was not done.
    if (Math.sign(turned) !== Math.sign(this.#rest)) this.#rest = 0;
    const sum = this.#rest + turned;
    // A sum of fractions may be a little less than the whole number that it should be.
    const steps = Math.trunc(sum + Math.sign(sum) * 1e-9);
    this.#rest = sum - steps;
    return steps;
  }
}

function stepsOf({ deltaY, deltaMode, wheelDeltaY = 0 }: WheelTurn): number {
  if (deltaY === 0) return 0;
  if (wheelDeltaY !== 0 && wheelDeltaY % WHEEL_DELTA_OF_NOTCH === 0)
    return -wheelDeltaY / WHEEL_DELTA_OF_NOTCH;
  if (deltaMode === 1) return deltaY / LINES_OF_NOTCH;
  if (deltaMode === 2) return deltaY;
  return Math.abs(deltaY) < PIXELS_OF_NOTCH ? deltaY / PIXELS_OF_STEP : Math.round(deltaY / PIXELS_OF_NOTCH);
}
