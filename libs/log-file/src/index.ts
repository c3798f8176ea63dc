export { exportLog, LogChangedMeanwhile } from './export-log';
export type { ExportOptions } from './export-log';
export { ImportRefused, importLog } from './import-log';
export type { ImportOptions, ImportProgress } from './import-log';
export { check, LogFileDamaged, readLogFile } from './log-file';
export type { FiledEvent, FiledMessage, LogFileContents, LogFileCounts, LogFileHead, LogFileRecord } from './log-file';
