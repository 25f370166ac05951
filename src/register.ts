// `node -r fs-intact/register` and `node --import fs-intact/register`: patches fs for the program that follows.

import { theEngine } from './engine';

theEngine.hook();
