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

  it.each([
    [0, 'ok'],
    [800 * MIB, 'ok'],
    [800 * MIB + 1, 'warning'],
    [990 * MIB - 1, 'warning'],
    [990 * MIB, 'fault'],
    [1001 * MIB, 'fault'],
  ])('that holds %d bytes: %s', (held, status) => {
    expect(judgeRoom({ free: 1000 * MIB, file: 0, held, ...limits }).status).toBe(status);
  });

  it('is told in units for people', () => {
    const room = { free: 12 * 1024 * MIB, file: 1.5 * MIB, held: 0.5 * MIB, ...limits };
    expect(judgeRoom(room).detail).toBe(
      'holds 0.5 MiB of 1000.0 MiB, 12.0 GiB free on the disk beside its file of 1.5 MiB, which may become 1000.0 MiB',
    );
  });
});
