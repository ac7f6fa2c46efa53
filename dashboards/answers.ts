/** Of answers: those to senders who did nothing wrong. The alerts leave the others out too: anybody can cause a fast 400. */
export const IN_ORDER = 'status!~"4.."';

/** Of the buckets of answers: those in time and well. GitHub hangs up after 10 s; Prometheus 3 writes the bucket 10 as 10.0. */
export const WELL = ['le=~"10(\\\\.0)?"', 'status=~"2.."'];
