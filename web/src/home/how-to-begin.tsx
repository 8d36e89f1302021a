import type { ReactNode } from 'react';
import { richText } from '../messages/rich-text.tsx';
import { text } from '../messages/text.ts';
import { pageConfig } from '../page-config.ts';

const ELEMENTS = {
  b: (content: ReactNode) => <b>{content}</b>,
  code: (content: ReactNode) => <code>{content}</code>,
};

/** What a clinic that has no images of today can do first. */
export const HowToBegin = () => (
  <div className="how-to-begin">
    <h3>{text('home.nothing-today')}</h3>
    <ol>
      <li>{richText('home.begin-find', ELEMENTS)}</li>
      <li>{richText('home.begin-batch', ELEMENTS)}</li>
      <li>
        {richText('home.begin-dicom', { ...ELEMENTS, address: `${location.origin}/dicom-web/studies` })}
      </li>
    </ol>
    {pageConfig().onLaptop && <p>{richText('home.begin-seed', ELEMENTS)}</p>}
  </div>
);
