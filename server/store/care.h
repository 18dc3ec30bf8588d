#ifndef AIRCLASS_SERVER_STORE_CARE_H
#define AIRCLASS_SERVER_STORE_CARE_H

#include <stdint.h>
#include <stdio.h>

/*
 * What an operator does with a store on the disk: airclassctl. Everything blocks, and but for
 * care_restore() and care_erase() works while a server uses the store.
 *
 * Each returns 0 or a negative errno, and either way says in `said` what came of it, for people.
 */
enum { CARE_TEXT_MAX = 1024 };

/*
 * Copies the store as it is at this moment into the new file `file`, which needs nothing beside it.
 * Commits go on meanwhile. The copy has been looked at, and is on the disk, when this returns. The
 * list beside it (airclass.erased) then has everybody who was erased so far: older backups in the
 * same folder need it. -EEXIST: the file is there already.
 */
int care_backup(const char *data_dir, const char *file, char said[CARE_TEXT_MAX]);

/*
 * Puts the backup `file` in the store's place; the folder is made if it is not there. What was
 * there is kept as airclass.db.before-restore. Whoever is killed meanwhile has the one or the
 * other. Who was erased since the backup, by the database that is there or by the lists
 * (airclass.erased) there, beside the backup or at `erased` (NULL: none), is not in it any more;
 * `said` tells if nothing was there that could know. -EBUSY: a server uses the store. -EUCLEAN,
 * -EINVAL, -EPROTONOSUPPORT: the backup is damaged, something else, or a newer version's; then
 * nothing has changed.
 */
int care_restore(const char *data_dir, const char *file, const char *erased,
                 char said[CARE_TEXT_MAX]);

/* Looks at all of it: every page, index and reference, and the audit log. -EUCLEAN: damaged. */
int care_check(const char *data_dir, char said[CARE_TEXT_MAX]);

/*
 * Walks along the audit log, and says how far it goes and the last entry's hash: "17:9f86d0...".
 * Given that text again as `known` (or NULL) it sees as well that none of those entries has since
 * been cut off or written anew. -EUCLEAN: tampered with; `said` names the first such entry.
 * -EINVAL: `known` is no such text. -ERANGE: care_prune() has cut `known` off since; what is left
 * is right.
 */
int care_verify(const char *data_dir, const char *known, char said[CARE_TEXT_MAX]);

/*
 * Cuts off the audit log's entries of before `date` ("2025-09-01", UTC), without leaving a byte; 0
 * as well if there are none. Of the last of them number and hash stay, from which care_verify()
 * goes on; an entry says that it was cut there. -EBUSY: a server uses the store, or somebody else
 * writes. -EINPROGRESS: they are cut off, but somebody reads an older state, whose bytes are left
 * until this is called again. -EINVAL: there is no such day. -EUCLEAN: the log has been tampered
 * with, and is left as it is.
 */
int care_prune(const char *data_dir, const char *date, char said[CARE_TEXT_MAX]);

/*
 * Writes all that is kept about the person `code` of `school` ("": the district's office), as
 * sections of 'name = value'; `said` is empty then. -ENOENT.
 */
int care_show(const char *data_dir, const char *school, const char *code, FILE *out,
              char said[CARE_TEXT_MAX]);

/* Erases them (batch_erase_person(), trace.h). -EBUSY: a server uses the store. -ENOENT;
 * -EOWNERDEAD: they are the district's last administrator. */
int care_erase(const char *data_dir, const char *school, const char *code,
               char said[CARE_TEXT_MAX]);

#endif
