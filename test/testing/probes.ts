// All probes.

import { ARGUMENT_PROBES } from './probes/arguments';
import { ATTRIBUTE_PROBES, PROTECTED_LINK_PROBES } from './probes/attributes';
import { DESCRIPTOR_PROBES } from './probes/descriptors';
import { DIFFERING_PROBES } from './probes/differing';
import { NAME_PROBES } from './probes/names';
import { PATH_PROBES } from './probes/paths';
import { type Probe, probesOf } from './probes/probe';
import { SEQUENCE_PROBES } from './probes/sequences';

const WRITTEN: readonly Probe[] = [
  PATH_PROBES,
  DESCRIPTOR_PROBES,
  NAME_PROBES,
  ATTRIBUTE_PROBES,
  PROTECTED_LINK_PROBES,
  ARGUMENT_PROBES,
  DIFFERING_PROBES,
].flatMap(probesOf);

export const PROBES: readonly Probe[] = [...WRITTEN, ...SEQUENCE_PROBES];
