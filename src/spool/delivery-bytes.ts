import { type DeliveryRecord } from '../model/stored-delivery.js';

/** A delivery's record, its forwards and their index entries take about a page. */
export const BYTES_PER_DELIVERY = 4096;

/** What a delivery takes of the room there is. */
export const deliveryBytes = ({ payloadBytes }: Pick<DeliveryRecord, 'payloadBytes'>): number =>
  payloadBytes + BYTES_PER_DELIVERY;
