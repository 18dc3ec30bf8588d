#include "tests/unit/store/contract.h"

static const struct driver drivers[] = {
    {"sqlite", scene_make_dir, scene_open, scene_remove_dir},
};

int main(void)
{
    return contract_run(drivers, sizeof(drivers) / sizeof(*drivers));
}
