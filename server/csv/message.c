#include <stddef.h>

#include "server/csv/csv.h"

const struct message *csv_message(enum csv_wrong wrong)
{
    static const struct message messages[CSV_WRONGS] = {
        [CSV_FINE] = {"fine",              "没有问题",                                                                   "nothing is wrong"              },
        [CSV_UTF16] = {"utf16",             "文件是 UTF-16（“Unicode 文本”）编码，请另存为“CSV UTF-8”",
                      "the file is UTF-16 (\"Unicode text\"); please save it as \"CSV UTF-8\""                                                               },
        [CSV_NUL] = {"nul",               "含有空字节，可能不是 CSV 文件",
                      "a zero byte: perhaps this is no CSV file"                                                                                             },
        [CSV_ENCODING] = {"encoding",          "既不是 UTF-8 也不是 GB18030 编码",
                      "neither UTF-8 nor GB18030"                                                                                                            },
        [CSV_MIXED] = {"mixed_encodings",   "编码与文件其他部分不同（UTF-8 与 GB18030 混用）",
                      "not in the encoding of the rest of the file (UTF-8 and GB18030 mixed)"                                                                },
        [CSV_LONG] = {"long_row",          "这一行超过 64 KB",                                                          "a row of more than 64 KiB"     },
        [CSV_WIDE] = {"wide_row",          "这一行超过 128 列",                                                        "a row of more than 128 columns"},
        [CSV_QUOTE] = {"text_behind_quote", "右引号后面还有文字",                                                    "text behind a closing quote"   },
        [CSV_OPEN] = {"open_quote",        "引号没有配对",                                                             "a quote that nothing closes"   },
    };
    return &messages[wrong < CSV_WRONGS ? wrong : CSV_FINE];
}
