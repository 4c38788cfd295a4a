# English.

## Language, numbers, time

language-name = English
money = ₽{ $amount }
share = { $percent }%
date-and-time = { $day }, { $time } ({ $offset })

## Around every page

site-title = Rating vote
site-title-of = Rating vote: { $town }
site-skip = To the content
site-nav = Sections
site-rounds = Votes
site-how = How it works
site-languages = Language
site-about = About the service
site-accessibility = Accessibility
site-problems = If something does not work
site-api = For programs
site-source-note = The service does not know who voted how.
site-contact = Where to ask: { $contact }
site-noscript = This part of the page is done by the browser itself, and programs (JavaScript) are switched off in it. The pages can be read all the same.

## Home

home-heading = Votes on public spaces
home-lead = Residents choose which square, park or street to improve. The ballot is secret, and anybody can recheck the count.
home-open = Open now
home-coming = Coming soon
home-past = Over
home-none = There are no votes yet. They appear here as soon as their rules are published.
home-none-open = No vote is open now.

## A vote's state

phase-published = Not begun yet
phase-open = Voting is open
phase-paused = Paused
phase-closed = Closed, ballots are sealed
phase-opened = Ballots are opened, counting goes on
phase-tallied = Counted, waiting for the commission's signatures
phase-certified = The result is signed by the commission
phase-annulled = Annulled

left-days =
    { $days ->
        [one] { $days } day left
       *[other] { $days } days left
    }
left-hours =
    { $hours ->
        [one] { $hours } hour left
       *[other] { $hours } hours left
    }
left-minutes = less than an hour left

## A vote

round-opens = Opens: { $moment }
round-closes = Closes: { $moment }
round-closed-at = Closed { $moment }
round-vote = Vote
round-prepare = Get your credential in advance
round-results = Results
round-check = Check my vote
round-issued = Was a credential issued in my name?
round-links = What you can do
round-about = What is decided and how
round-how-mark = How to vote
round-winners = Who wins
round-who-votes = Who votes
round-decided-by = Who is responsible
round-organised = The rules were published by { $official }. Opening and closing takes two people: an official proposes, a commission member confirms.
round-commission =
    { $members ->
        [one] The commission has { $members } member: { $handles }.
       *[other] The commission has { $members } members: { $handles }.
    }
round-quorum =
    { $quorum ->
        [one] The result is valid with { $quorum } signature of commission members.
       *[other] The result is valid with { $quorum } signatures of commission members.
    }
round-age =
    { $age ->
        [one] Everybody on the roll who has reached { $age } year by { $day }.
       *[other] Everybody on the roll who has reached the age of { $age } by { $day }.
    }
round-district = Residents of this district only: { $district }.
round-territories = Territories
round-territory-number = No. { $number }
round-territories-number = Number
round-turnout = Participation
round-roll = People on the roll
round-credentials = Credentials issued
round-ballots = Ballots in the log
round-ballots-note = Ballots enter the log in groups, so the number grows with a delay of up to { $hours } h. Whoever voted several times stands in the log several times, and counts once, by the last ballot.
round-trust = Checking
round-trust-lead = These lines are also printed where the server cannot change them: in the newspaper and in the commission's protocol. If they are the same, so are the rules.
round-fingerprint = Fingerprint of the rules
round-log-key = Key of the log
round-checkpoint = Signed head of the log
round-client = The program that your browser gets
round-client-note = The SHA-256 of each file is written into the log when the voting opens. How to compare it is told on the page “How it works”.
round-map = On the map
round-map-list = Everything that the map shows is in the list of territories too.
round-scheme = Where the territories are
round-scheme-note = A scheme: north is up, numbers are those of the territories.

kind-choose-one = Mark one territory.
kind-approval =
    { $max ->
        [one] Mark at most { $max } territory.
       *[other] Mark at most { $max } territories.
    }
kind-ranked =
    { $max ->
        [one] Choose { $max } territory.
       *[other] Put at most { $max } territories in order, the best first.
    }
kind-score = Score the territories from 0 to { $max }. A territory may be left without a score.
kind-points =
    { $total ->
        [one] Give { $total } point to one of the territories.
       *[other] Spread at most { $total } points over the territories.
    }
kind-points-each =
    { $each ->
        [one] At most { $each } point to one territory.
       *[other] At most { $each } points to one territory.
    }
kind-blank = You may cast a blank ballot too: it counts as participation.

method-approval = The place depends on the number of ballots that mark the territory.
method-borda = The last place in a ballot gives 1 point, each place above gives one more. The place depends on the sum of points.
method-instant-runoff = Instant run-off: the territory with the fewest first places goes out, its ballots move on to their next choice, and so on to the end.
method-points = The place depends on the sum of points.
method-score = The place depends on the sum of scores.

winners-top =
    { $seats ->
        [one] The first territory wins.
       *[other] The first { $seats } territories win.
    }
winners-budget-skip = Winners are taken in order of their places as long as the money lasts: { $budget } in all. A territory that does not fit is passed over.
winners-budget-stop = Winners are taken in order of their places as long as the money lasts: { $budget } in all. At the first one that does not fit the selection stops.
winners-minimum = To win, a territory needs at least { $minimum }.
ties-application = In a tie the one whose application came earlier ranks higher.
ties-registration = In a tie the one with the lower registration number ranks higher.

## A territory

territory-back = All territories
territory-cost = Cost
territory-address = Where
territory-proposed-by = Proposed by
territory-applied = Application received
territory-place = Coordinates
territory-description = What is proposed
territory-pictures = Photographs
territory-plan = Plan
territory-no-description = No description was given.
territory-open-map = Open in a map application

## Results

results-heading = Results
results-none = There is no result yet: until the close the ballots are sealed, and nobody knows how it stands.
results-certified = The result is signed by the commission: { $handles }.
results-awaiting = Counted. The commission has not signed the result yet.
results-annulled = The vote was annulled.
results-counted =
    { $ballots ->
        [one] { $ballots } ballot was counted.
       *[other] { $ballots } ballots were counted.
    }
results-blank = Blank: { $blank }.
results-invalid = Invalid: { $invalid }.
results-replaced = Replaced by later ones: { $replaced }.
results-turnout = Turnout: { $ballots } of { $roll } ({ $share }).
results-chart = How each territory did
results-table = Table
results-rank = Place
results-territory = Territory
results-votes = Votes
results-score = Score
results-mean = Mean
results-median = Median
results-cost = Cost
results-decision = Decision
results-selected = won
results-no-seat = no seat left
results-over-budget = not enough money
results-after-stop = the selection had stopped
results-below-minimum = below the minimum
results-spent = The winners cost { $spent } together.
results-ties = Ties and how they were resolved
results-no-ties = No two territories came out equal.
results-tie = Equal ({ $score }): { $territories }. Their order was decided by: { $rules }.
results-tie-step = Step { $step }, equal ({ $score }): { $territories }. Their order was decided by: { $rules }.
results-tie-decisive = This decided who won.
results-tie-harmless = It made no difference to who won.
results-rule-application = the earlier application
results-rule-registration = the lower registration number
results-steps = Steps of the run-off
results-step = Step { $step }
results-out = goes out
results-exhausted = Ballots on which nobody is left
results-files = Files
results-bundle = Bundle for rechecking: log, register, keys, result
results-csv = Table as CSV
results-json = JSON
results-pb = Ballots without names, Pabulib format
results-recheck = Anybody can recount: download the bundle and run veche-audit.

turnout-heading = How participation grew
turnout-chart = Ballots in the log, added up: { $ballots }
turnout-day = Day
turnout-ballots = Ballots that day
turnout-total = Ballots in all
turnout-credentials = Credentials issued that day
turnout-online = All ballots were cast online.
turnout-none = There are no ballots in the log yet.

## Refusals and faults: what happened and what to do

problem-unknown-round = There is no such vote
problem-unknown-round-advice = Check the address, or start from the first page.
problem-code = The code did not fit
problem-code-advice = Compare each letter with your letter. If the code still does not fit, the commission will give you a new letter.
problem-code-mistyped = There is a typing mistake in the code
problem-code-mistyped-advice = Compare each letter with your letter: the last two letters are check letters.
problem-under-age = You may vote from the age that the rules name
problem-under-age-advice = The day from which you may vote stands in the answer.
problem-wrong-district = This vote is held in another district
problem-wrong-district-advice = Look on the first page for the votes of your district.
problem-session = Your session has ended
problem-session-advice = Enter the code from your letter again.
problem-blinded-message = The request for a credential does not fit this vote
problem-blinded-message-advice = This is a fault of the program that you use. Reload the page and try again.
problem-already-issued = A credential was issued already
problem-already-issued-advice = Enter the second half of the code too: it brings the credential to this device.
problem-not-issuing = Credentials are not issued now
problem-not-issuing-advice = They are issued from the publication of the rules to the close of the voting.
problem-no-backup = There is no saved credential
problem-no-backup-advice = Vote from the device on which you began.
problem-backup-length = The copy of the credential has another length
problem-backup-length-advice = This is a fault of the program that you use. Reload the page and try again.
problem-ballot-length = The ballot has another length
problem-ballot-length-advice = This is a fault of the program that you use. Reload the page and try again.
problem-ballot-format = The ballot has an unknown format
problem-ballot-format-advice = This is a fault of the program that you use. Reload the page and try again.
problem-ballot-other-round = The ballot was sealed for another vote
problem-ballot-other-round-advice = This is a fault of the program that you use. Reload the page and try again.
problem-ballot-version = The ballot has no version number
problem-ballot-version-advice = This is a fault of the program that you use. Reload the page and try again.
problem-ballot-credential = The credential in the ballot is wrong
problem-ballot-credential-advice = This is a fault of the program that you use. Reload the page and try again.
problem-ballot-issuer-signature = The credential is not signed by the registrar
problem-ballot-issuer-signature-advice = This is a fault of the program that you use. Reload the page and try again.
problem-ballot-signature = The signature under the ballot does not fit
problem-ballot-signature-advice = This is a fault of the program that you use. Reload the page and try again.
problem-not-open-yet = The voting has not begun yet
problem-not-open-yet-advice = Your vote is NOT counted. Come on the day of the opening.
problem-paused = The voting is paused
problem-paused-advice = Your vote is NOT counted. Vote when it goes on.
problem-closed = The voting is over
problem-closed-advice = Your vote is NOT counted.
problem-version-not-growing = This credential was used to vote later already
problem-version-not-growing-advice = The last vote counts. Vote again if you want to change it.
problem-unknown-ballot = There is no such ballot
problem-unknown-ballot-advice = If its acceptance was confirmed, keep the confirmation and turn to the commission: it is the proof.
problem-token = A staff token is needed
problem-token-advice = This part is for staff only: check your token, your role and the state of the vote.
problem-not-allowed = Your role does not allow this
problem-not-allowed-advice = This part is for staff only: check your token, your role and the state of the vote.
problem-not-now = This is not possible now
problem-not-now-advice = This part is for staff only: check your token, your role and the state of the vote.
problem-rules = The data contradict the rules
problem-rules-advice = This part is for staff only: check your token, your role and the state of the vote.
problem-malformed = The request was not understood
problem-malformed-advice = This is a fault of the program that you use. Reload the page and try again.
problem-too-large = The request is too large
problem-too-large-advice = This is a fault of the program that you use. Reload the page and try again.
problem-overloaded = The service is overloaded
problem-overloaded-advice = Try again. Repeating is safe: nothing is counted twice.
problem-timeout = The request took too long
problem-timeout-advice = Try again. Repeating is safe: nothing is counted twice.
problem-unavailable = The service does not answer now
problem-unavailable-advice = Try again. Repeating is safe: nothing is counted twice.
problem-too-many = Too many tries
problem-too-many-advice = Wait as many seconds as the answer says and try again.
problem-no-result-yet = There is no result yet
problem-no-result-yet-advice = It appears here after the ballots are opened and counted.
problem-not-found = There is no such page
problem-not-found-advice = Start from the first page.
problem-method-not-allowed = This address is not called like that
problem-method-not-allowed-advice = This is a fault of the program that you use. Reload the page and try again.

problems-home = To the list of votes
