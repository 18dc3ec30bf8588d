#include "server/importer/wrong.h"

/* clang-format off */
static const struct message messages[IMPORT_WRONGS] = {
    [IMPORT_NO_MEMORY] = {"no_memory", "服务器内存不足，请稍后再试", "the server is short of memory: try again"},
    [IMPORT_CHANGED] = {"changed", "在此期间人员或班级有改动，请重新导入", "people or places have changed in between: import again"},
    [IMPORT_GUARDED] = {"guarded", "名单要删除的人还有其他身份（管理员、巡课等），请先在人员页处理", "somebody to be removed is more than lists say (an administrator, a patrol): see to it first"},
    [IMPORT_LAST_ADMIN] = {"last_admin", "名单会让区县没有管理员：请先设好另一位，再导入", "the district would be left without an administrator: make another one first"},
    [IMPORT_NOT_SAVED] = {"not_saved", "未能写入，没有任何改动", "it could not be written; nothing has changed"},
};
/* clang-format on */

const struct message *import_message(enum import_wrong wrong)
{
    return &messages[wrong];
}
