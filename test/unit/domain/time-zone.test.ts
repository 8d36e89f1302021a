import { describe, expect, test } from 'vitest';
import { SearchQuery } from '../../../lib/api/dicomweb.ts';
import { matches } from '../../../lib/domain/dicom/attribute-match.ts';
import type { DicomAttributes } from '../../../lib/domain/dicom/dicom-instance.ts';
import { studyListFor } from '../../../lib/domain/dicom/study-search.ts';
import { isOffset } from '../../../lib/domain/dicom/time-zone.ts';
import { readSearch } from '../../../lib/services/dicomweb/search-request.ts';

/** Half past midnight in Athens: half past ten in the evening before, in UTC. */
const athens: DicomAttributes = {
  '00080020': { vr: 'DA', Value: ['20260311'] },
  '00080030': { vr: 'TM', Value: ['003015.25'] },
  '00080201': { vr: 'SH', Value: ['+0200'] },
};

const isFound = (study: DicomAttributes, query: Record<string, string>) =>
  readSearch('study', {}, SearchQuery.parse(query)).matches.study.every((match) => matches(study, match));

describe('Timezone Offset From UTC in a search', () => {
  test.each<[Record<string, string>, boolean]>([
    [{ StudyDate: '20260310', TimezoneOffsetFromUTC: '+0000' }, true],
    [{ StudyDate: '20260311', TimezoneOffsetFromUTC: '+0000' }, false],
    [{ StudyDate: '20260311', '00080201': '+0200' }, true],
    [{ StudyTime: '2230', TimezoneOffsetFromUTC: '+0000' }, true],
    [{ StudyTime: '0030', TimezoneOffsetFromUTC: '+0000' }, false],
    [{ StudyTime: '1700-1730', TimezoneOffsetFromUTC: '-0530' }, true],
    [{ StudyDate: '20260310-20260310', StudyTime: '2200-2300', TimezoneOffsetFromUTC: '+0000' }, true],
    [{ StudyDate: '20260310-20260310', StudyTime: '2200-2229', TimezoneOffsetFromUTC: '+0000' }, false],
    [{ StudyDate: '20260311' }, true],
    [{ TimezoneOffsetFromUTC: '-0500' }, true],
  ])('says of which zone its dates and times are: %j is %s', (query, expected) => {
    expect(isFound(athens, query)).toBe(expected);
  });

  test('changes nothing for a study whose zone is not known', () => {
    const { '00080201': _offset, ...local } = athens;
    expect(isFound(local, { StudyDate: '20260311', TimezoneOffsetFromUTC: '-0500' })).toBe(true);
  });

  test('reads studies of the days beside those of the search', () => {
    const day = { path: ['00080020'] as [string], value: '20260310' };
    expect(studyListFor([day], undefined)).toEqual({ by: 'date', dates: ['20260310', '20260310'] });
    const beside = (value: string) => studyListFor([{ ...day, value, offset: '+0000' }], undefined);
    expect(beside('20260301')).toEqual({ by: 'date', dates: ['20260228', '20260302'] });
    expect(beside('20261231-')).toEqual({ by: 'date', dates: ['20261230', '99999999'] });
    expect(beside('-20260310')).toEqual({ by: 'date', dates: ['00000000', '20260311'] });
  });

  test.each(['0200', ' 0200', '+2', '+1500', '-0000', '*'])(
    'is refused if it is no offset: "%s"',
    (value) => {
      expect(isOffset(value)).toBe(false);
      expect(() => isFound(athens, { TimezoneOffsetFromUTC: value })).toThrow('Validation failed');
    },
  );
});
