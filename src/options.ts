// All that is needed to check options and to complete them. A file of its own, because a preloaded hook compiles it only where
// somebody has set some, or when a program writes.

export { readSwitch } from './settings/read-settings';
export { completeSettings, switchedOff } from './settings/settings';
