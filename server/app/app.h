#ifndef AIRCLASS_SERVER_APP_APP_H
#define AIRCLASS_SERVER_APP_APP_H

#include "server/config/config.h"

/*
 * The running server: every module started in order on one loop, and stopped in reverse. The only
 * place that knows all of them.
 */
struct app;

enum { APP_ERROR_MAX = 512 };

/* Looks at the files and folders that the settings name; makes none. 0, or a negative errno and
 * what is wrong in `error`, with the file and line of the setting. */
int app_check(const struct config *config, char error[APP_ERROR_MAX]);

/* Starts listening. On failure a negative errno, everything given back, and what is wrong in
 * `error`. `config` is borrowed for the app's life. */
int app_start(struct app **out, const struct config *config, char error[APP_ERROR_MAX]);

/* Runs until SIGTERM or SIGINT have ended everything in order. 0, or 1 when a second signal cut the
 * end short. */
int app_run(struct app *app);

void app_free(struct app **app);

#endif
