/** The file in the spool's directory that holds everything. */
export const DATA_FILE = 'data.mdb';
