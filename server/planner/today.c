#include <assert.h>
#include <string.h>

#include "server/base/log.h"
#include "server/lesson/lesson.h"
#include "server/planner/impl.h"
#include "server/planner/retention.h"

static void on_ended(void *arg, int err, size_t at)
{
    (void)arg;
    (void)at;
    if (err) /* another day will come */
        log_warn(NULL, "planner.kept-longer", LOG_ERR(err));
}

/* Rows are gone on the disk, and still here. */
static void on_rows_ended(void *arg, int err, size_t at)
{
    on_ended(arg, err, at);
    if (!err)
        planner_refresh(arg, true);
}

/* What was kept long enough goes when a day begins. */
static void end_kept(struct planner *p, int32_t today)
{
    struct batch *batch;
    int err = batch_new(&batch);
    if (!err) {
        bool ends_rows = retention_end(batch, p->plan, today);
        err = store_apply(p->params.store, &batch, ends_rows ? on_rows_ended : on_ended, p);
    }
    if (err)
        on_ended(NULL, err, 0);
}

bool planner_is_another_day(const struct planner *p)
{
    return p->today != plan_date(p->plan, planner_now_ms(p));
}

void planner_begin_settling(struct planner *p)
{
    p->step = SETTLING;
    planned_begin(&p->planned, &p->settling);
    int32_t today = plan_date(p->plan, p->started_ms);
    if (p->today != today)
        end_kept(p, p->today = today);
}

bool planner_settle(struct planner *p, size_t max)
{
    const struct planned_events events = {p->params.on_changed, p->params.arg};
    return planned_go_on(&p->planned, &p->settling, max, p->params.lessons, &events);
}

/* ---- asked ---- */

const struct timetable_lesson *planner_lesson(const struct planner *planner, const char *id)
{
    const struct planned_lesson *l = planned_find(&planner->planned, id);
    return l ? &l->what : NULL;
}

bool planner_lesson_id(const struct planner *planner, const struct timetable_lesson *lesson,
                       char out[STORE_ID_MAX])
{
    static_assert((int)LESSON_ID_MAX <= (int)STORE_ID_MAX, "an id of a lesson fits");
    planned_id(&planner->planned, out, lesson);
    return planned_find(&planner->planned, out) && lessons_find(planner->params.lessons, out);
}

bool planner_is_lecturer(const struct planner *planner, const char *id, const char *person)
{
    const struct planned_lesson *l = planned_find(&planner->planned, id);
    return l && person[0] && strcmp(l->lecturer, person) == 0;
}
