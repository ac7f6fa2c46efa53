const UNFIT = /[\0\ud800-\udfff]/;

/** Text as the database can hold it: without NUL and halves of surrogate pairs, in whose place U+FFFD stands. */
export const toPgText = (text: string): string =>
  UNFIT.test(text) ? Buffer.from(text.replaceAll('\0', '\ufffd')).toString() : text;
