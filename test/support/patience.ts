// Tests wait for events; how long those take is the machine's affair. This ends what hangs.
jest.setTimeout(120_000);
