const { fork } = require('node:child_process');
const { createHmac } = require('node:crypto');
const { once } = require('node:events');
const { readFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { join } = require('node:path');
const { createInterface } = require('node:readline');

const MAIN = join(__dirname, '../../dist/main.js');
const SECRET = 'of no other than this run';
const PAYLOAD = '{"repository":{"full_name":"some/repository"}}';
const MAX_RUN_MS = 120_000;

/** Keeps what the engine compiles of the program until it has forwarded a webhook. */
async function compile() {
  const backend = createServer((request, response) => request.resume().on('end', () => response.end()));
  await once(backend.listen(0, '127.0.0.1'), 'listening');
  const program = start(`http://127.0.0.1:${backend.address().port}`);
  try {
    const output = [];
    for await (const line of createInterface(program.stdout)) {
      output.push(line);
      const { msg, port } = JSON.parse(line);
      if (msg !== 'listening') continue;
      await forwardOne(port);
      program.send('keep');
    }
    if (program.exitCode === null) await once(program, 'exit');
    if (program.exitCode !== 0) throw new Error(`the program cannot be run:\n${output.join('\n')}`);
  } finally {
    program.kill('SIGKILL');
    backend.close();
  }
}

/** With the flags it is run with: for others, the engine would compile anew. */
function start(backend) {
  const [shebang] = readFileSync(MAIN, 'utf8').split('\n', 1);
  return fork(join(__dirname, 'compiling-program.js'), ['server'], {
    env: {
      GH_APP_WEBHOOK_SECRET: SECRET,
      SPRAYPROXY_SERVER_HOST: '127.0.0.1',
      SPRAYPROXY_SERVER_PORT: '0',
      SPRAYPROXY_SERVER_METRICS_PORT: '0',
      SPRAYPROXY_SERVER_BACKEND: backend,
    },
    execArgv: shebang.split(' ').filter((word) => word.startsWith('--')),
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    timeout: MAX_RUN_MS,
  });
}

async function forwardOne(port) {
  const signature = createHmac('sha256', SECRET).update(PAYLOAD).digest('hex');
  const { status } = await fetch(`http://127.0.0.1:${port}/proxy`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-GitHub-Delivery': '1',
      'X-GitHub-Event': 'push',
      'X-Hub-Signature-256': `sha256=${signature}`,
    },
    body: PAYLOAD,
  });
  if (status !== 200) throw new Error(`the program answers ${status}`);
}

module.exports = { compile };
