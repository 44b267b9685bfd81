/**
 * The only list of learners. A new one is a file beside this one, and an entry here.
 */
import { karhunenLoeve } from './karhunen-loeve';
import type { Learner } from './learner';

export const learners: readonly Learner[] = [karhunenLoeve];
