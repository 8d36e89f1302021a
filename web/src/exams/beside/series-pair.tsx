import { type ReactNode, useState } from 'react';
import { text } from '../../messages/text.ts';
import { SeriesViewer } from '../series-viewer.tsx';
import type { ViewerItems } from '../viewer-items.ts';
import type { Positions } from './use-positions.ts';
import './series-pair.css';

interface SeriesPairProps {
  bar: ReactNode;
  series: readonly [first: string, second: string | undefined];
  items: readonly [first: ViewerItems, second: ViewerItems];
  positions: Positions;
}

/** Two series side by side. Keys are for the one that was used last. */
export function SeriesPair({ bar, series, items, positions }: SeriesPairProps) {
  const [isSecondUsed, setSecondUsed] = useState(false);
  const isSecondActive = isSecondUsed && series[1] !== undefined;
  return (
    <div className="series-pair">
      {bar}
      <SeriesViewer
        key={series[0]}
        items={items[0]}
        index={positions.first}
        onIndex={positions.moveFirst}
        isActive={!isSecondActive}
        onUse={() => setSecondUsed(false)}
      />
      {series[1] !== undefined && (
        <SeriesViewer
          key={series[1]}
          name={text('viewer.second-viewer')}
          items={items[1]}
          index={positions.second}
          onIndex={positions.moveSecond}
          isActive={isSecondActive}
          onUse={() => setSecondUsed(true)}
        />
      )}
    </div>
  );
}
