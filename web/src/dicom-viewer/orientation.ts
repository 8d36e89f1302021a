/** How an image lies on the screen: first flipped, left to right, and then turned clockwise, in degrees. */
export interface Orientation {
  rotation: number;
  isFlipped: boolean;
}

/** As the file has it. */
export const UPRIGHT: Orientation = { rotation: 0, isFlipped: false };

/** Turned clockwise by a quarter. */
export const turned = ({ rotation, isFlipped }: Orientation): Orientation => ({
  rotation: (rotation + 90) % 360,
  isFlipped,
});

/** Flipped on the screen, left to right: what was turned one way before is now turned the other way. */
export const flipped = ({ rotation, isFlipped }: Orientation): Orientation => ({
  rotation: (360 - rotation) % 360,
  isFlipped: !isFlipped,
});

interface Size {
  width: number;
  height: number;
}

/** How much larger or smaller an image that fits into the stage must be drawn to fit into it when turned. */
export function fitWhenTurned({ rotation }: Orientation, stage: Size, image: Size): number {
  if (rotation % 180 === 0) return 1;
  const upright = Math.min(stage.width / image.width, stage.height / image.height);
  return Math.min(stage.width / image.height, stage.height / image.width) / upright;
}
