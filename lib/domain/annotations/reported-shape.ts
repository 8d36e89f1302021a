import type { Vector } from '../images/affine.ts';
import { angleAt, distance, ellipseArea, ellipseOf, type PixelSize, polygonArea } from './geometry.ts';
import type { StoredShape } from './shape.ts';

/** What is measured by a shape. */
export interface Measured {
  quantity: 'length' | 'area' | 'angle';
  /** In millimetres, square millimetres or degrees; in pixels if their size is not known. */
  value: number;
}

/** A shape as a structured report has it (PS3.3 C.18.6): its points are in pixels of the frame, as ours are. */
export interface ReportedShape {
  /** The tool of Cornerstone, and so of OHIF, that draws the same. */
  tool: 'Length' | 'Angle' | 'EllipticalROI' | 'PlanarFreehandROI' | 'ArrowAnnotate';
  graphicType: 'POINT' | 'POLYLINE' | 'ELLIPSE';
  points: readonly Vector[];
  measured?: Measured;
}

/**
 * The shape in a structured report; undefined for what none can hold: a calibration, which is for photographs, and an angle or an
 * ellipse of points that make none.
 *
 * @param size the size of a pixel in millimetres, if it is known
 */
export function reportedShape(
  { kind, points }: Pick<StoredShape, 'kind'> & { points: readonly Vector[] },
  size: PixelSize | undefined,
): ReportedShape | undefined {
  const [one, other, third] = points;
  if (!one) return undefined;
  switch (kind) {
    case 'text':
      return { tool: 'ArrowAnnotate', graphicType: 'POINT', points: [one] };
    case 'arrow':
      // The head is first, as Cornerstone has it.
      return { tool: 'ArrowAnnotate', graphicType: 'POLYLINE', points: points.toReversed() };
    case 'freehand':
      return { tool: 'PlanarFreehandROI', graphicType: 'POLYLINE', points };
    case 'length':
      return other && measured('Length', points, { quantity: 'length', value: distance(one, other, size) });
    case 'angle': {
      const value = other && third && angleAt(one, other, third, size);
      if (!other || !third || value === undefined) return undefined;
      // Two lines that meet: the vertex is the end of one and the start of the other.
      return measured('Angle', [one, other, other, third], { quantity: 'angle', value });
    }
    case 'polygon':
    case 'area':
      // Closed where the last point is the first one (PS3.3 C.18.6.1.2). OHIF takes closed lines only with an area.
      return measured('PlanarFreehandROI', [...points, one], {
        quantity: 'area',
        value: polygonArea(points, size),
      });
    case 'ellipse': {
      const ellipse = ellipseOf(points);
      const area = ellipse && { quantity: 'area' as const, value: ellipseArea(ellipse, size) };
      return area && { ...measured('EllipticalROI', points, area), graphicType: 'ELLIPSE' };
    }
    default:
      return undefined;
  }
}

const measured = (tool: ReportedShape['tool'], points: readonly Vector[], of: Measured): ReportedShape => ({
  tool,
  graphicType: 'POLYLINE',
  points,
  measured: of,
});
