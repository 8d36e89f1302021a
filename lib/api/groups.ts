/** The subjects of the operations, and what each is about: the tags of the API document. */
export const GROUPS = {
  Service: 'The state of the service, and this document.',
  Overview:
    'What the first page of the clinic shows: a search over everything, and what was uploaded on a day.',
  Cases: 'Images of a case, with eye side and time of capture.',
  Batches: 'Named groups of images of one patient, their upload, and their ZIP archives.',
  Patients: 'The directory of patients.',
  Images: 'Single images: their details, bytes and thumbnails, and their deletion.',
  Annotations: 'Shapes and notes on images, batches and DICOM studies.',
  Exams: 'Pictures that are registered for an examination.',
  DICOM: 'Upload of DICOM files, and to whom their studies belong.',
  DICOMweb: 'Search and retrieval of DICOM (PS3.18: QIDO-RS and WADO-RS).',
  Records: 'Images that are linked to a record of another system.',
  People: 'The people who may sign in, and their roles.',
  Keys: 'API keys of other systems.',
  Audit: 'Who saw or changed what.',
} as const;
export type Group = keyof typeof GROUPS;
