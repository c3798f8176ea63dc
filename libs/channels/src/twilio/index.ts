export { telephoneChannels } from './account';
export { callScript } from './call-script';
