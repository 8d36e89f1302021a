import { operation as changeAnnotation } from './annotations/change-annotation/operation.ts';
import { operation as createAnnotation } from './annotations/create-annotation/operation.ts';
import { operation as listAnnotationVersions } from './annotations/list-annotation-versions/operation.ts';
import { operation as listAnnotations } from './annotations/list-annotations/operation.ts';
import { operation as removeAnnotation } from './annotations/remove-annotation/operation.ts';
import { operation as getAuditEvent } from './audit/get-audit-event/operation.ts';
import { operation as listAuditEvents } from './audit/list-audit-events/operation.ts';
import { operation as createBatch } from './batches/create-batch/operation.ts';
import { operation as createBatchUploads } from './batches/create-batch-uploads/operation.ts';
import { operation as createExport } from './batches/create-export/operation.ts';
import { operation as deleteBatch } from './batches/delete-batch/operation.ts';
import { operation as downloadBatch } from './batches/download-batch/operation.ts';
import { operation as getBatch } from './batches/get-batch/operation.ts';
import { operation as getExport } from './batches/get-export/operation.ts';
import { operation as getImageSummary } from './batches/get-image-summary/operation.ts';
import { operation as listBatches } from './batches/list-batches/operation.ts';
import { operation as moveBatch } from './batches/move-batch/operation.ts';
import { operation as renameBatch } from './batches/rename-batch/operation.ts';
import { operation as restoreBatch } from './batches/restore-batch/operation.ts';
import { operation as uploadBatchImages } from './batches/upload-batch-images/operation.ts';
import { operation as assignCase } from './cases/assign-case/operation.ts';
import { operation as completeUpload } from './cases/complete-upload/operation.ts';
import { operation as createCaseUpload } from './cases/create-case-upload/operation.ts';
import { operation as deleteCaseImage } from './cases/delete-case-image/operation.ts';
import { operation as getDownloadUrl } from './cases/get-download-url/operation.ts';
import { operation as listCaseImages } from './cases/list-case-images/operation.ts';
import { operation as listCases } from './cases/list-cases/operation.ts';
import { operation as proxyImage } from './cases/proxy-image/operation.ts';
import { operation as uploadCaseImage } from './cases/upload-case-image/operation.ts';
import { operation as assignStudy } from './dicom/assign-study/operation.ts';
import { operation as createDicomUpload } from './dicom/create-dicom-upload/operation.ts';
import { operation as createDicomUploads } from './dicom/create-dicom-uploads/operation.ts';
import { operation as getDicom } from './dicom/get-dicom/operation.ts';
import { operation as getDicomUpload } from './dicom/get-dicom-upload/operation.ts';
import { operation as holdStudy } from './dicom/hold-study/operation.ts';
import { operation as listDeletedDicom } from './dicom/list-deleted-dicom/operation.ts';
import { operation as listDicomUploads } from './dicom/list-dicom-uploads/operation.ts';
import { operation as releaseStudy } from './dicom/release-study/operation.ts';
import { operation as storeInstances } from './dicom/store-instances/operation.ts';
import { operation as storeStudyInstances } from './dicom/store-study-instances/operation.ts';
import { operation as uploadDicom } from './dicom/upload-dicom/operation.ts';
import { operation as deleteInstances } from './dicomweb/delete-instances/operation.ts';
import { operation as getBulkData } from './dicomweb/get-bulk-data/operation.ts';
import { operation as getFrameThumbnail } from './dicomweb/get-frame-thumbnail/operation.ts';
import { operation as getFrames } from './dicomweb/get-frames/operation.ts';
import { operation as getMetadata } from './dicomweb/get-metadata/operation.ts';
import { operation as getRenderedFrame } from './dicomweb/get-rendered-frame/operation.ts';
import { operation as restoreInstances } from './dicomweb/restore-instances/operation.ts';
import { operation as retrieveInstances } from './dicomweb/retrieve-instances/operation.ts';
import { operation as searchInstances } from './dicomweb/search-instances/operation.ts';
import { operation as searchSeries } from './dicomweb/search-series/operation.ts';
import { operation as searchStudies } from './dicomweb/search-studies/operation.ts';
import { operation as createExamImage } from './exams/create-exam-image/operation.ts';
import { operation as getExamImage } from './exams/get-exam-image/operation.ts';
import { operation as listExamImages } from './exams/list-exam-images/operation.ts';
import { operation as deleteImage } from './images/delete-image/operation.ts';
import { operation as downloadImage } from './images/download-image/operation.ts';
import { operation as editImage } from './images/edit-image/operation.ts';
import { operation as getImage } from './images/get-image/operation.ts';
import { operation as getImageData } from './images/get-image-data/operation.ts';
import { operation as getImageThumbnail } from './images/get-image-thumbnail/operation.ts';
import { operation as holdImage } from './images/hold-image/operation.ts';
import { operation as listDeleted } from './images/list-deleted/operation.ts';
import { operation as listImages } from './images/list-images/operation.ts';
import { operation as moveImage } from './images/move-image/operation.ts';
import { operation as releaseImage } from './images/release-image/operation.ts';
import { operation as restoreImage } from './images/restore-image/operation.ts';
import { operation as updateImage } from './images/update-image/operation.ts';
import { operation as updateImages } from './images/update-images/operation.ts';
import { operation as createApiKey } from './keys/create-api-key/operation.ts';
import { operation as listApiKeys } from './keys/list-api-keys/operation.ts';
import { operation as revokeApiKey } from './keys/revoke-api-key/operation.ts';
import { operation as listUploads } from './overview/list-uploads/operation.ts';
import { operation as searchAll } from './overview/search-all/operation.ts';
import { operation as createPatientExport } from './patients/create-patient-export/operation.ts';
import { operation as erasePatient } from './patients/erase-patient/operation.ts';
import { operation as getErasure } from './patients/get-erasure/operation.ts';
import { operation as getPatient } from './patients/get-patient/operation.ts';
import { operation as identifyPatient } from './patients/identify-patient/operation.ts';
import { operation as listErasures } from './patients/list-erasures/operation.ts';
import { operation as listPatients } from './patients/list-patients/operation.ts';
import { operation as putPatient } from './patients/put-patient/operation.ts';
import { operation as createPerson } from './people/create-person/operation.ts';
import { operation as listPeople } from './people/list-people/operation.ts';
import { operation as updatePerson } from './people/update-person/operation.ts';
import { operation as createRecordImage } from './records/create-record-image/operation.ts';
import { operation as listRecordImages } from './records/list-record-images/operation.ts';
import { operation as openImageLink } from './records/open-image-link/operation.ts';
import { operation as getHealth } from './service/get-health/operation.ts';
import { operation as getReadiness } from './service/get-readiness/operation.ts';
import { operation as getStatus } from './service/get-status/operation.ts';

/** The whole HTTP API. The stack, the API document and the table-driven tests are generated from this list. */
export const operations = [
  getHealth,
  getReadiness,
  getStatus,

  searchAll,
  listUploads,

  createBatch,
  listBatches,
  getBatch,
  renameBatch,
  deleteBatch,
  restoreBatch,
  moveBatch,
  createBatchUploads,
  uploadBatchImages,
  downloadBatch,
  createExport,
  getExport,
  getImageSummary,

  listPatients,
  getPatient,
  identifyPatient,
  putPatient,
  createPatientExport,
  erasePatient,
  listErasures,
  getErasure,

  listImages,
  getImage,
  updateImage,
  updateImages,
  editImage,
  deleteImage,
  restoreImage,
  moveImage,
  holdImage,
  releaseImage,
  listDeleted,
  getImageData,
  getImageThumbnail,
  downloadImage,

  listAnnotations,
  createAnnotation,
  changeAnnotation,
  removeAnnotation,
  listAnnotationVersions,

  createCaseUpload,
  uploadCaseImage,
  completeUpload,
  getDownloadUrl,
  proxyImage,
  listCases,
  listCaseImages,
  deleteCaseImage,
  assignCase,

  createRecordImage,
  listRecordImages,
  openImageLink,

  uploadDicom,
  createDicomUpload,
  createDicomUploads,
  getDicomUpload,
  listDicomUploads,
  getDicom,
  storeInstances,
  storeStudyInstances,
  assignStudy,
  holdStudy,
  releaseStudy,
  listDeletedDicom,

  createExamImage,
  listExamImages,
  getExamImage,

  searchStudies,
  searchSeries,
  searchInstances,
  retrieveInstances,
  getMetadata,
  getFrames,
  getBulkData,
  getRenderedFrame,
  getFrameThumbnail,
  deleteInstances,
  restoreInstances,

  listPeople,
  createPerson,
  updatePerson,

  createApiKey,
  listApiKeys,
  revokeApiKey,

  listAuditEvents,
  getAuditEvent,
] as const;
