/**
 * The script of the gallery.
 */
import { startExplorer } from './explorer';
import { startSavedFigures } from './saved-figures';
import { startThemeSwitch } from './theme-switch';

addEventListener('DOMContentLoaded', () => {
  startThemeSwitch();
  startExplorer();
  startSavedFigures();
});
