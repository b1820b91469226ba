import { setFlagsFromString } from 'node:v8';

// Runs before each test file: the HCL parsers are WebAssembly, run for less time than V8 takes to optimize all that it would.
setFlagsFromString('--wasm-tiering-budget=300000000');
