#include "tests/unit/store/deeds_contract.h"
#include "tests/unit/store/door_contract.h"
#include "tests/unit/store/feed_contract.h"
#include "tests/unit/store/lessons_contract.h"
#include "tests/unit/store/people_contract.h"
#include "tests/unit/store/plan_contract.h"
#include "tests/unit/store/reads_contract.h"
#include "tests/unit/store/trace_contract.h"
#include "tests/unit/store/visit_contract.h"

static const struct driver drivers[] = {
    {"sqlite", scene_make_dir, scene_open, scene_remove_dir},
};

int main(void)
{
    size_t n = sizeof(drivers) / sizeof(*drivers);
    return people_contract_run(drivers, n) + reads_contract_run(drivers, n) +
           lessons_contract_run(drivers, n) + door_contract_run(drivers, n) +
           plan_contract_run(drivers, n) + trace_contract_run(drivers, n) +
           visit_contract_run(drivers, n) + feed_contract_run(drivers, n) +
           deeds_contract_run(drivers, n);
}
