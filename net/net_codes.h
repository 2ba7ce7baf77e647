// The codes of this folder, PM06xx; a page each in docs/errors.
#pragma once

namespace pm {

enum NetCode : int {
  // The server's own answers, as problem+json.
  kRequestMalformed = 600,    // 400
  kPathUnknown = 601,         // 404
  kMethodNotAllowed = 602,    // 405
  kRequestTooSlow = 603,      // 408
  kBodyTooLarge = 604,        // 413
  kExpectationUnknown = 605,  // 417
  kHeadersTooLarge = 606,     // 431
  kNoAnswer = 607,            // 500
  kServerBusy = 608,          // 503
  kAnswerMalformed = 609,     // 500
  // Starting a server, waiting for signals.
  kListenAddressInvalid = 620,
  kAddressInUse = 621,
  kListenFailed = 622,
  kSignalWaitFailed = 623,
  // The client.
  kUrlInvalid = 640,
  kHostNotFound = 641,
  kConnectionRefused = 642,
  kConnectionFailed = 643,
  kTimedOut = 644,
  kTlsFailed = 645,
  kResponseTooLarge = 646,
  kResponseMalformed = 647,
};

}  // namespace pm
