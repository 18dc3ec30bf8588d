#include "server/api/sheets.h"

#include <string.h>

#include "server/api/reply.h"

bool sheet_query(struct http_request *req, const char **sheet)
{
    *sheet = http_query(req, "sheet");
    if (*sheet && strlen(*sheet) < XLSX_SHEET_SIZE)
        return true;
    http_fail(req, 400, "bad_sheet", "?sheet= is no name of a sheet.");
    return false;
}

json_t *sheets_json(const struct xlsx_sheet *sheet, size_t n)
{
    json_t *sheets = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(sheets, json_pack("{s:s, s:b}", "name", sheet[i].name, "is_hidden",
                                                sheet[i].is_hidden));
    return sheets;
}

void fail_sheet(struct http_request *req, const struct xlsx_sheet *sheet, size_t n)
{
    enum { SHOWN = 20 };
    json_t *message = json_string("There is no such sheet; there are: ");
    json_t *names = json_array();
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(names, json_string(sheet[i].name));
        json_t *more = i < SHOWN ? json_sprintf("%s%s%s", json_string_value(message),
                                                i > 0 ? ", " : "", sheet[i].name)
                                 : NULL;
        if (more) {
            json_decref(message);
            message = more;
        }
    }
    reply_json(req, 400,
               json_pack("{s:{s:s, s:o, s:o}}", "error", "code", "no_sheet", "message", message,
                         "sheets", names));
}
