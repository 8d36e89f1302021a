import { ctSlice } from '../bench/dicom/dicom-file.ts';
import { draw, type Motif } from '../screenshots/drawings.ts';

/** A picture of the sample data: the same bytes each time. */
export interface SamplePicture {
  name: string;
  category: string;
  caption?: string;
  bytes: () => Promise<Uint8Array<ArrayBuffer>>;
}

let seed = 100;
const picture = (motif: Motif, name: string, category: string, caption?: string): SamplePicture => {
  const own = seed++;
  return {
    name,
    category,
    ...(caption !== undefined && { caption }),
    bytes: async () => new Uint8Array(await draw(motif, own)),
  };
};

/** Batches of the demo patients: `P-1001` is Paula, `P-1002` is Peter. */
export const SAMPLE_BATCHES: { patientId: string; name: string; pictures: SamplePicture[] }[] = [
  {
    patientId: 'P-1001',
    name: 'Sample: first visit',
    pictures: [
      picture('sole', 'soles.jpg', 'anterior', 'Pressure below both forefeet'),
      picture('shoe', 'shoe-right.jpg', 'r_shoe', 'Worn on the outside'),
      picture('x-ray', 'xray-left.jpg', 'x_ray'),
    ],
  },
  {
    patientId: 'P-1001',
    name: 'Sample: control',
    pictures: [
      picture('heels', 'standing-posterior.jpg', 'posterior', 'Standing, with insoles'),
      picture('skin', 'lesion-lateral.jpg', 'right_lat', 'Control in three months'),
      picture('cast', 'cast-left.jpg', 'casts'),
    ],
  },
  {
    patientId: 'P-1002',
    name: 'Sample: first visit',
    pictures: [
      picture('heels', 'standing-posterior.jpg', 'posterior'),
      picture('card', 'medicare-card.jpg', 'medicare_card'),
    ],
  },
];

/** A case of `P-1001`. */
export const SAMPLE_CASE = {
  caseId: 'C-SAMPLE',
  patientId: 'P-1001',
  pictures: [
    {
      ...picture('fundus', 'fundus-right.jpg', 'other'),
      eyeSide: 'right',
      capturedAt: '2025-11-06T08:12:00Z',
    },
    { ...picture('fundus', 'fundus-left.jpg', 'other'), eyeSide: 'left', capturedAt: '2025-11-06T08:15:00Z' },
  ],
};

const STUDY = '2.25.2025110601';

/** A CT study of `P-1001`: its slices by their SOP Instance UIDs. */
export const SAMPLE_STUDY = {
  uid: STUDY,
  slices: [1, 2, 3].map((number) => {
    const uids = { studyUid: STUDY, seriesUid: `${STUDY}.1`, sopUid: `${STUDY}.1.${number}` };
    return {
      sopUid: uids.sopUid,
      name: `slice-${number}.dcm`,
      bytes: () => ctSlice({ ...uids, patientId: 'P-1001', studyDate: '20251106', number }),
    };
  }),
};
