#pragma once
// libpq's functions, loaded when the first of them is needed: its twenty libraries are 2.5 ms of every start (decision 019).

#include <libpq-fe.h>

#define WEIR_LIBPQ(each)                                                                                               \
  each(PQclear) each(PQconnectPoll) each(PQconnectStartParams) each(PQconnectionNeedsPassword) each(PQconninfoFree)    \
      each(PQconninfoParse) each(PQconsumeInput) each(PQerrorMessage) each(PQfinish) each(PQflush) each(PQgetResult)   \
          each(PQgetvalue) each(PQisBusy) each(PQnfields) each(PQntuples) each(PQpass) each(PQputCopyData)             \
              each(PQputCopyEnd) each(PQresultErrorField) each(PQresultErrorMessage) each(PQresultStatus)              \
                  each(PQsendQuery) each(PQsendQueryParams) each(PQsetErrorVerbosity) each(PQsetNoticeProcessor)       \
                      each(PQsetnonblocking) each(PQsocket) each(PQstatus)

namespace weir::stages {

struct libpq {
#define WEIR_MEMBER(name) decltype(&::name) name = nullptr;
  WEIR_LIBPQ(WEIR_MEMBER)
#undef WEIR_MEMBER
};

/// Any thread. Throws database_error where the library is not installed; it stays for as long as the process.
[[nodiscard]] const libpq& pq();

} // namespace weir::stages
