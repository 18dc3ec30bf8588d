// The part with the English texts of the watch page, loaded where English is wanted.

export { page as words } from './en';
