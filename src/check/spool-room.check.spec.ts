import { judgeRoom } from './spool-room.check.js';

const MIB = 1024 ** 2;
const limits = { maxSpoolBytes: 1000 * MIB, maxPayloadBytes: 25 * MIB };

describe('the room for a spool', () => {
  it.each([
    [1000 * MIB, 0, 'ok'],
    [1000 * MIB - 1, 0, 'warning'],
    [600 * MIB, 400 * MIB, 'ok'],
    [600 * MIB, 400 * MIB - 1, 'warning'],
    [25 * MIB, 0, 'warning'],
    [25 * MIB - 1, 0, 'fault'],
    // The file is not given back, and what becomes free in it is used again.
    [0, 1000 * MIB, 'ok'],
  ])('of %d free bytes beside a file of %d: %s', (free, file, status) => {
    expect(judgeRoom({ free, file, ...limits }).status).toBe(status);
  });

  it('is told in units for people', () => {
    expect(judgeRoom({ free: 12 * 1024 * MIB, file: 1.5 * MIB, ...limits }).detail).toBe(
      '12.0 GiB free, the spool takes 1.5 MiB and may take 1000.0 MiB',
    );
  });
});
