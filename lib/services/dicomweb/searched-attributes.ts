import { PRIVATE } from '../../domain/private-attributes.ts';
import { mainTags } from '../../media/dicom/parse/main-tags.ts';

/** The level of a search. */
export type SearchLevel = 'study' | 'series' | 'instance';

/** Attributes that the service computes for a level. */
const COMPUTED = {
  study: {
    ModalitiesInStudy: '00080061',
    NumberOfStudyRelatedSeries: '00201206',
    NumberOfStudyRelatedInstances: '00201208',
    [PRIVATE.assignment]: PRIVATE.assignment,
  },
  series: { NumberOfSeriesRelatedInstances: '00201209' },
  instance: { AvailableTransferSyntaxUID: '00083002' },
} as const satisfies Record<SearchLevel, Record<string, string>>;

/** The attributes by which a level can be searched, in addition to those of the level above (PS3.18 table 10.6.1-5). */
const SEARCHED: Record<SearchLevel, Record<string, string>> = {
  study: { ...mainTags.patient, ...mainTags.study, ...COMPUTED.study },
  series: { ...mainTags.series, ...COMPUTED.series },
  instance: { ...mainTags.instance, ...COMPUTED.instance },
};

/** Attributes within sequence items that searches name by keyword. */
const NESTED = { ScheduledProcedureStepID: '00400009', RequestedProcedureID: '00401001' };

const tagsByKeyword = new Map(
  Object.entries({ ...SEARCHED.study, ...SEARCHED.series, ...SEARCHED.instance, ...NESTED }),
);
const levelsByTag = new Map(
  (['instance', 'series', 'study'] as const).flatMap((level) =>
    Object.values(SEARCHED[level]).map((tag) => [tag, level] as const),
  ),
);

/** Returns the tag of an attribute's keyword or tag. */
export const tagOf = (name: string): string | undefined =>
  /^[0-9A-Fa-f]{8}$/.test(name) ? name.toUpperCase() : tagsByKeyword.get(name);

/** Returns the level at which an attribute is stored. */
export const levelOf = (tag: string): SearchLevel | undefined => levelsByTag.get(tag);

/**
 * The attributes of every result (PS3.18 tables 10.6.3-3, -4 and -5), with our private attributes about patient and
 * sender.
 */
export const DEFAULT_ATTRIBUTES: Record<SearchLevel, readonly string[]> = {
  study: [
    '00080020',
    '00080030',
    '00080050',
    '00080056',
    '00080061',
    '00080090',
    '00080201',
    '00081190',
    '00100010',
    '00100020',
    '00100021',
    '00100030',
    '00100040',
    '0020000D',
    '00200010',
    '00201206',
    '00201208',
    ...Object.values(PRIVATE),
  ],
  series: [
    '00080060',
    '00080201',
    '0008103E',
    '00081190',
    '0020000E',
    '00200011',
    '00201209',
    '00400244',
    '00400245',
    '00400275',
    PRIVATE.creator,
    PRIVATE.source,
  ],
  instance: [
    '00080016',
    '00080018',
    '00080056',
    '00080201',
    '00081190',
    '00083002',
    '00200013',
    '00280008',
    '00280010',
    '00280011',
    '00280100',
    PRIVATE.creator,
    PRIVATE.source,
  ],
};
