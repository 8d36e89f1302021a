import { describe, expect, test } from 'vitest';
import { ApiError, explain } from '../../../web/src/api/api-error.ts';
import de from '../../../web/src/messages/de.json' with { type: 'json' };
import en from '../../../web/src/messages/en.json' with { type: 'json' };
import { domainErrorSentences, sentencesIn, serviceSources } from './domain-error-sentences.ts';

const catalogue = new Map(
  Object.entries(en).flatMap(([id, sentence]) => (id.startsWith('service.') ? [[sentence, id]] : [])),
);

/** The levels of DICOM of which each may be in one that is deleted. */
const OF_DELETED = /^The (study|series) of the (series|instance) is deleted\.$/;

describe('What the service says is in the catalogue', () => {
  test.each(domainErrorSentences)('“%s”', (sentence) => {
    expect([...catalogue.keys()]).toContain(sentence);
  });

  test('and nothing that it does not say', () => {
    const said = new Set(domainErrorSentences);
    const unsaid = [...catalogue.keys()].filter(
      (sentence) =>
        !said.has(sentence) && !serviceSources.includes(`'${sentence}'`) && !OF_DELETED.test(sentence),
    );
    expect(unsaid).toEqual([]);
  });

  test('which this test would see', () => {
    const source = `
      class Full extends DomainError { constructor() { super('CONFLICT', 'It is full.'); } }
      throw new DomainError('GONE', FILES_GONE);
      requireVisible(caller, undefined, 'image');
      new DomainError('NOT_FOUND', 'Nothing there.', { details: ['look elsewhere'] });
    `;
    expect(sentencesIn(source)).toEqual([
      'It is full.',
      expect.stringMatching(/^Some of its files were deleted/),
      'There is no such image.',
      'Nothing there.',
    ]);
  });
});

test('An error is explained by its sentence, its details and what a person can do', () => {
  expect(explain(new ApiError(404, 'There is no such image.'))).toBe(
    'There is no such image. · It may have been deleted or moved: reload the page, or look into the trash.',
  );
  expect(explain(new ApiError(400, 'Something new', ['reason is required']))).toBe(
    'Something new · reason is required',
  );
  expect(de['service.no-image']).toBe('Dieses Bild gibt es nicht.');
});
