#ifndef AIRCLASS_SERVER_APP_CERTIFY_H
#define AIRCLASS_SERVER_APP_CERTIFY_H

#include "server/app/app.h"

/*
 * `airclass --make-certificate`: puts a self-signed certificate for `names` (none: this machine's
 * own name and addresses) and its key into the data folder, and says what browsers will make of
 * it. 0, or a negative errno and what is wrong in `error`; -EEXIST: one is there already.
 */
int certify(const struct config *config, char *const *names, int n, char error[APP_ERROR_MAX]);

#endif
