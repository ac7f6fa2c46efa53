export { freePort as closedPort } from '../../testing/free-ports.js';
