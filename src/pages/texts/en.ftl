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

## Display panel

display-panel = Text size and colours (for low vision)
display-size = Text size
display-size-default = Usual
display-size-large = Large
display-size-largest = Very large
display-colours = Colours
display-colours-default = As on the device
display-colours-black = Black on white
display-colours-white = White on black
display-colours-blue = Dark blue on light blue
display-font = Typeface
display-font-default = Without serifs
display-font-serif = With serifs
display-spacing = Space between letters and lines
display-spacing-default = Usual
display-spacing-wide = Wide
display-pictures = Pictures
display-pictures-default = Show
display-pictures-none = Hide
display-reset = Back to the usual look
display-note = It acts on all pages at once; the choice is kept on this device only.

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
phase-tallied = The outcome is known, waiting for the commission's signatures
phase-certified = The outcome is signed by the commission
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
round-ballots-note = Ballots enter the log in groups, so the number grows with a delay of up to { $hours } h. Whoever voted several times stands in the log several times, and counts once, by the last ballot. Credentials are reported in the log at most once an hour and in groups, so their number lags even more.
round-trust = Checking
round-trust-lead = These lines are also printed where the server cannot change them: in the newspaper and in the commission's protocol. If they are the same, so are the rules.
round-fingerprint = Fingerprint of the rules
round-log-key = Key of the log
round-checkpoint = Signed head of the log
round-head = Head of the log for paper
round-head-note = The number of lines in the log and two rows of letters that stand for all of them. Whoever keeps an older printed code can check with it that the log has only grown since: “veche head ADDRESS --compare CODE” does so.
round-witnesses = Witnesses
round-witnesses-note = A witness is an independent program of another owner: it signs the head of the log only if the log has not changed since the last time, but grown. A witness sees no votes and cannot stop the voting.
round-witnesses-state = The same for programs
witnesses-none = The rules of this vote name no witnesses, and the server asks nobody to sign the log.
witnesses-beyond = The rules of this vote name no witnesses; the server asks for signatures beyond the rules.
witnesses-asked = Signatures under the head that the rules ask for: { $quorum } of { $keys }.
witness-signed =
    { $size ->
        [one] { $size } line signed, { $at }
       *[other] { $size } lines signed, { $at }
    }
witness-signed-nothing = nothing signed yet
witness-no-address = The server's settings do not say where this witness is.
witness-silent = The witness does not answer; it will be asked again.
witness-odd = The witness did not answer as it should; it will be asked again.
witness-not-set = The witness does not know this log, or its key, yet.
witness-ahead = Its clock is ahead of the server's by more than an hour, so its signature is not taken.
witness-longer-log = Attention: this witness has seen a longer log. The server's database is older than the log.
witness-other-log = Attention: this witness has seen another log under the same name.
round-client = The program that your browser gets
round-client-note = The SHA-256 of each file is written into the log when the voting opens. How to compare it is told on the page “How it works”.
round-map = On the map
round-map-list = Everything that the map shows is in the list of territories too.
map-zoom-in = Zoom in
map-zoom-out = Zoom out
map-close = Close
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
method-choose-one = The place depends on the number of ballots that mark this territory.
method-borda-fixed = The first place in a ballot gives as many points as there are territories, each place below gives one less. The place depends on the sum of points.
method-dowdall = The first place in a ballot gives one point, the second half a point, the third a third, and so on. The place depends on the sum of points.
method-score-mean = The place depends on the mean score: the sum of scores divided by the number of ballots that score the territory.
method-score-mean-blanks-zero = The place depends on the mean score; where a ballot gives a territory no score, that counts as nought.
method-majority-judgement = The scores of each territory are put in ascending order, and the one in the middle decides its place. Between equals the scores next to it are compared, one after the other. Where a ballot gives a territory no score, that counts as nought.
method-star = Scores are added up. Of the two territories with the highest sums, the one comes first that more ballots score higher than the other. The rest follow by their sums.
method-instant-runoff-batches = Instant run-off: all territories go out at once that even together have fewer first places than the next one; if there are none, the one with the fewest goes out. Their ballots move on to their next choice, and so on to the end.
method-coombs = A territory with more than half of the first places gets the next place. If there is none, the one with the most last places goes out, and the ballots are read again without it.
method-bucklin = First places are counted, then first and second together, then the first three, until a territory is on more than half of the ballots. Who gets there earlier comes first; of those who get there together, the one with more.
method-pairs = Territories are compared in pairs: the one wins that more ballots place above the other.
method-copeland = The place depends on the number of such victories; a draw counts half.
method-minimax = The territory comes first whose worst defeat is the mildest.
method-ranked-pairs = Victories are kept one after the other, the strongest first; one that contradicts what was kept is passed over. What was kept gives the order.
method-schulze = A territory comes before another if its chain of victories to the other is stronger than the one back. A chain is as strong as its weakest victory.
method-kemeny = Of all possible orders, the one is taken that disagrees least with the ballots, pair by pair.
method-by-margins = A victory is as strong as the number of ballots by which it was won.
method-by-winning-votes = A victory is as strong as the number of ballots for the winner.
method-stv-scottish = Single transferable vote by the rules of Scotland: a territory that reaches the quota is elected, and what it has above the quota moves on to the next choices of its ballots. If nobody reaches the quota, the last goes out and its votes move on.
method-stv-meek = Single transferable vote by Meek's method: a territory that reaches the quota is elected and keeps of each vote only the part that it needs; the rest moves on. If nobody reaches the quota, the last goes out and its votes move on.
method-greedy = The place depends on support: the number of marks, the sum of points or scores; in ballots that rank, the last place gives 1 and each place above one more.
method-knapsack = Of all selections that the money pays for, the one with the most support in all is taken; of equals, the cheaper.
method-phragmen = Phragmén's method: the cost of a territory that is chosen falls on those who marked it. Each time the territory is taken with which the greatest share of one person is the least.
method-equal-shares = Method of equal shares: the money is split evenly among all ballots. A territory is chosen when its supporters can pay for it together; of several, the one that costs them least for what they get.
method-shares-cost = What a supporter gets from a territory is their mark, points or score times its cost.
method-shares-units = What a supporter gets from a territory is their mark, points or score, whatever it costs.
method-shares-add1 = If money is left, everybody's share is raised by one rouble and the count begins anew, as long as the purchases fit into the budget, at most 100,000 times.
method-shares-greedy = With what is left, territories are taken that give most for each rouble of their cost.

winners-top =
    { $seats ->
        [one] The first territory wins.
       *[other] The first { $seats } territories win.
    }
winners-budget-skip = Winners are taken in order of their places as long as the money lasts: { $budget } in all. A territory that does not fit is passed over.
winners-budget-stop = Winners are taken in order of their places as long as the money lasts: { $budget } in all. At the first one that does not fit the selection stops.
winners-budget = There are { $budget } to spend; the selection ends when nothing more can be taken.
winners-minimum = To win, a territory needs at least { $minimum }.
winners-turnout = The round has a result if there are at least { $needed } valid ballots, blank ones too. The rules name so many people who may vote: { $eligible }.
limit-most = Of { $of } no more than { $most } can win.
limit-money = { $of } together may cost no more than { $money }.
ties-application = In a tie the one whose application came earlier ranks higher.
ties-backwards = In a tie in any step of the count the one that had more votes in the latest earlier step in which their votes differed ranks higher.
ties-forwards = In a tie in any step of the count the one that had more votes in the first step in which their votes differed ranks higher.
ties-lots = In a tie lots decide. Their number comes from the log as it stands when the voting closes, random bytes of the service included, and from the commission's key: neither the service nor the commission alone can choose it, and everybody can draw the lots again.
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
results-certified-void = The commission has signed that the round has no result: { $handles }.
results-awaiting = Counted. The commission has not signed the result yet.
results-awaiting-void = The ballots are opened. The commission has not signed yet that the round has no result.
results-annulled = The vote was annulled.
results-counted =
    { $ballots ->
        [one] { $ballots } ballot was counted.
       *[other] { $ballots } ballots were counted.
    }
results-opened =
    { $ballots ->
        [one] { $ballots } ballot was opened.
       *[other] { $ballots } ballots were opened.
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
results-no-support = not enough support
results-over-budget = not enough money
results-after-stop = the selection had stopped
results-void = The round has no result: at least { $needed } valid ballots were needed, and { $valid } were cast. Votes were not counted by territory, and nobody wins.
results-barred = kept out by a limit in the rules
results-below-minimum = below the minimum
results-spent = The winners cost { $spent } together.
results-ties = Ties and how they were resolved
results-no-ties = No two territories came out equal.
results-unlisted-ties = By this method equal selections, and equal territories after the winners, are put in order by the rules on ties too; they are not listed here.
results-tie = Equal ({ $score }): { $territories }. Their order was decided by: { $rules }.
results-tie-open = Equal: { $territories }. Their order was decided by: { $rules }.
results-tie-open-step = Step { $step }, equal: { $territories }. Their order was decided by: { $rules }.
results-tie-step = Step { $step }, equal ({ $score }): { $territories }. Their order was decided by: { $rules }.
results-tie-decisive = This decided who won.
results-tie-harmless = It made no difference to who won.
results-rule-application = the earlier application
results-rule-backwards = more votes in the latest earlier step in which their votes differed
results-rule-forwards = more votes in the first step in which their votes differed
results-rule-lots = lots
results-lots = The number of the lots is { $seed }: the SHA-256 of the log as it stood when the voting closed, with 32 random bytes of the service in it, and of the key with which the commission opened the ballots after that. The key had been fixed before those bytes were there, and the service did not know it: neither the service nor the commission alone could choose the number.
results-lots-again = Anybody can draw the lots again: the lot of each territory is the SHA-256 of a label, this number and its id, and the lower one ranks higher. Section 7 of Veche's protocol (docs/protocol.md) says exactly how; veche-audit does it when it recounts.
results-rule-registration = the lower registration number
results-told = How it was counted
results-steps = Steps of the run-off
results-step = Step { $step }
results-out = goes out
results-exhausted = Ballots on which nobody is left
results-files = Files
results-bundle = Bundle for rechecking: log, register, keys, result
results-csv = Table as CSV
results-csv-void = headings alone, as the round has no result
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

## How it works

how-heading = How it works, and why it can be trusted
how-lead = You need not take the word of the town, or of programmers. Nobody learns what you chose, and anybody can check the count. Here is how that comes about, and what we cannot do.
how-contents = On this page

## — six steps and a picture

how-steps = What happens to my vote
how-picture-caption = Who gets what. The registrar knows who you are and does not see the ballot. The ballot box sees the ballot and does not know whose it is.
how-picture-title = The way of a vote
how-picture-text = You show the registrar the code from your letter and get a credential. You put a sealed ballot into the ballot box without a name. The registrar writes into the log how many credentials were issued. The ballot box writes the ballots into the log. After the close the commission reveals its key. Anybody checks the log and the result.
how-party-you = You
how-party-registrar = Registrar
how-party-box = Ballot box
how-party-log = Open log
how-party-commission = Commission
how-party-anybody = Anybody
how-arrow-code = code
how-arrow-credential = credential
how-arrow-ballot = ballot
how-arrow-number = how many
how-arrow-ballots = no names
how-arrow-key = key
how-arrow-everything = everything
how-step-letter = You enter the code from your letter. By it the registrar sees that you are on the roll and have had no credential yet.
how-step-credential = The registrar signs your credential without seeing it, as through a closed envelope with carbon paper inside: the signature is real, and what it stands on was never seen. Later the registrar cannot tell this credential from the others.
how-step-seal = You mark territories. Your phone seals the ballot so that only the commission's key can open it.
how-step-cast = The sealed ballot goes into the ballot box without a name. The box answers with a signed promise: “accepted, will be in the log by such a time”. Until that promise is there the vote is not counted, and the screen says so.
how-step-log = Ballots enter the open log in groups and mixed, so that nobody can guess from the time whose is whose. Nothing can be struck out of the log unseen.
how-step-open = After the close the commission reveals its key. From then on anybody can open and count the ballots, and everybody must come to the same result.

## — why it can be trusted

how-trust = Why it can be trusted
how-secret = Why nobody learns how I voted
how-secret-envelope = Whoever knows your name never sees the ballot. Whoever gets the ballot never sees a name. Between them there is no shared number and no exact time by which they could be joined.
how-secret-code = The first half of the code in your letter says who you are. The second half never leaves your device: it brings the credential back on another phone.
how-secret-until = Until the close the ballots are sealed for everybody. Neither the town nor those who run the server know how it stands.
how-once = Why nobody votes twice
how-once-credential = One code gets one credential. The ballot box takes a ballot only with a credential that the registrar signed for this vote.
how-once-last = You may vote again, but only the last ballot of a credential counts. The others do not.
how-once-dead = The log shows how many people are on the roll, how many credentials there are, and how many ballots. Counted ballots cannot outnumber credentials, nor credentials the people on the roll. The commission compares the roll with the town's own list.

## — how to check for yourself

how-check = How to check my own vote
how-check-states = After voting you have one of two things: “not counted yet” or “accepted”. “Accepted” appears only when your phone itself has checked the signature under the ballot box's promise.
how-check-keep = Keep the receipt: as a file, as a picture of the QR code, or the ballot's number on paper. If the ballot is ever lost, the receipt is proof to take to the commission. It does not show how you voted.
how-check-later = Open “Check my vote”. The phone finds the ballot in the log by itself and makes sure that today's log continues the one of that time, with no page torn out.
how-check-opened = After the opening the page also shows what was counted. If a phone altered your choice, you will see it. Then tell the commission.
how-check-issued = The page “Was a credential issued in my name?” shows whether somebody used your letter.

how-recheck = How to recheck everything
how-recheck-log = The log is open. Its last line is signed and tied to all before it: change one letter of the past, and the signature no longer fits.
how-recheck-bundle = After the count the result page holds a bundle: log, register of credentials, keys, result. An open program checks it; you can build it yourself, or write your own from the description.
how-recheck-what = The program opens every ballot anew, counts, and compares with what was announced. It names the file and line where anything is wrong.
how-commands = Commands
how-placeholder-site = SITE
how-placeholder-round = VOTE
how-placeholder-folder = FOLDER
how-placeholder-file = FILE_NAME
how-placeholder-code = CODE FROM THE LETTER

## — what it cannot do

how-limits = What we cannot do
how-limits-lead = No system protects against everything. This is what remains, plainly.
how-operator = What those who run the server can do
how-operator-address = Watch the network: note that one address got a credential and soon afterwards sent a ballot. The service records nothing of the kind, but an altered one could. If that worries you, get your credential in advance and vote on another day or from another network.
how-operator-two-logs = Show two people two different logs. That is found as soon as they compare signed heads of the log. So it is good when several people keep them.
how-operator-refuse = Not answer you, or switch the server off. You will see it, but it proves nothing to others: go to the commission.
how-operator-drop = Accept a ballot and not write it down. The receipt proves that, if you kept it.
how-operator-page = Send your phone another program. Below is how to check that, and why the check is not complete.
how-officials = What officials and the commission can do if they collude
how-officials-roll = Put people on the roll who do not exist. The number of people on the roll is in the log, and the commission can compare the roll with the town's list. If both collude, only the town's own list and the published numbers remain.
how-officials-printer = Whoever prints the letters sees the codes and could use one before its owner. The owner then finds the credential issued already, and complains.
how-officials-early = Reveal their key early and learn how it stands. Who voted how they do not learn even then.
how-officials-turnout = The commission can find out whether somebody got a credential. Not what they chose.
how-nobody = What nobody can protect from
how-nobody-phone = A phone that lies to its owner, until the opening. After it, “Check my vote” shows that the vote was altered.
how-nobody-coercion = Somebody who stands beside you and demands a vote. Vote again later, without them: the last ballot counts.
how-nobody-letter = A stolen letter, if its owner never tries to vote.
how-nobody-key = Loss of the commission's key: without it nobody can ever open the ballots. So it is kept in two places.

## — the program on the phone

how-device = How to check that a phone got the right program
how-device-browser = The page says what fingerprint (SHA-256) each file of the program must have. The browser does not run a file with another one.
how-device-log = The same fingerprints were written into the log, into the line “voting-opened”, when the voting opened. After that nobody can change them unseen. The page of the vote lists them under “Checking”.
how-device-compare = Any computer can compare them. The fingerprints from the second and third command must be the same.
how-command-files = which files the page asks for
how-command-hash = fingerprint of what arrived
how-command-log = fingerprints from the log
how-device-limit = To be honest: this checks what you got now. An altered server could send another page to somebody else. Only a program of your own is free of that: “veche vote” does what the page does, and you can build it yourself.

## — without a phone and without JavaScript

how-without = If there is no phone, or programs are switched off in the browser
how-without-point = Ask the commission where in town you can vote on a volunteer's tablet. It takes the same code from the letter. Enter it yourself, and show nobody its second half.
how-without-borrow = Anybody's phone or computer will do, one in a library for example. When you are done, remove your credential from the device or close the private window.
how-without-command = There is a program for the command line. It needs no browser:

## — questions and answers

how-questions = Questions and answers
how-q-time = How long does it take?
how-a-time = About a minute: enter the code, mark territories, press one button.
how-q-change = Can I change my mind?
how-a-change = Yes, as often as you like until the close. The earlier choice is not shown. The last ballot that was accepted counts.
how-q-lost-phone = I got my credential on one phone and want to vote from another
how-a-lost-phone = Enter the whole code from the letter on the new device, both halves. The credential comes back. A ballot that you have cast stays in force.
how-q-lost-letter = The letter is lost
how-a-lost-letter = Turn to the commission. If no credential was issued yet, they cancel the old code and give you a new letter.
how-q-network = The connection broke when I pressed the button
how-a-network = Open the page again and repeat. The phone sends the very same ballot, and it is not counted twice.
how-q-shared = There are two of us with one phone
how-a-shared = Vote one after the other. Before you hand the phone over, save the receipt and remove your credential from the device.
how-q-prove = Can I prove to somebody how I voted?
how-a-prove = Before the opening the receipt does not tell your choice. After it, the receipt shows what is in the ballot to whoever holds it: give it to nobody. If somebody forces you, vote again later: the last ballot counts.
how-q-blank = What is a blank ballot for?
how-a-blank = To say: I take part, but none of the territories suits me. It counts in the turnout.
how-q-tie = And in a tie?
how-a-tie = The rule for ties is written down in advance, before the first ballot. The results show where it was used and whether it changed who won.

## Accessibility

accessibility-heading = Accessibility
accessibility-lead = Everybody must be able to vote: by eye or by ear, with a mouse or without, at fourteen and at eighty.
accessibility-target = What we aim at
accessibility-target-wcag = The pages are made to WCAG 2.2, level AA. GOST R 52872-2019 follows WCAG 2.1; WCAG 2.2 keeps nearly all of that and adds to it.
accessibility-target-display = Beyond that, as is usual on sites of local authorities in Russia: text grows to 200 %, colours, typeface and spacing can be chosen, pictures can be switched off.
accessibility-done = What was done
accessibility-done-panel = At the top of every page there is a panel for low vision: three sizes of text, four sets of colours, a typeface with serifs or without, space between letters and lines, pictures shown or not. The page is not loaded anew, and nothing typed is lost. These are the same pages, not a lesser version.
accessibility-done-keys = Everything can be done with the keyboard. What can be dragged can be moved with buttons too.
accessibility-done-reader = A screen reader reads names, states and errors. Each chart has a table with the same numbers, and all that is on the map is in the list too.
accessibility-done-colour = Nothing is told by colour alone. Text has a contrast of at least 4.5 to 1, light and dark.
accessibility-done-size = Buttons are at least 44 by 44 points. Pages fit a screen 320 points wide. Tables scroll in a box of their own.
accessibility-done-device = Pages follow the device's settings: dark mode, high contrast, own colours, less motion, large text.
accessibility-done-time = Nothing limits your time but the close of the voting. If a session ends, your marks stay on the screen.
accessibility-tested = How it was tested
accessibility-tested-how = By scenarios in a real browser, Chromium, with every change of the program: axe-core on every page and in every state of voting, in both languages, in light and dark; the keyboard alone; a width of 320 pixels (what 400 % leaves of a screen of 1280); 200 % with wide spacing of letters; high contrast mode; the size of buttons and links. The contrast of every pair of colours is computed by a test.
accessibility-known = What is not right yet
accessibility-known-people = People who use NVDA, JAWS or VoiceOver every day have not tested the pages yet. If you are one of them, tell us what is in the way.
accessibility-known-script = Without JavaScript you can read, and learn whether a ballot is in the log, but not vote. The page “How it works” says what to do then.
accessibility-known-town = Titles, descriptions and words under pictures are written by the town. It answers for how clear they are, and they are not always translated.
accessibility-known-formats = There is no version in easy language, no sign language and no recording.
accessibility-known-camera = Reading a QR code takes a camera. A file or the ballot's number does the same.
accessibility-contact = If something is in the way
accessibility-contact-how = Say on which page, what you did and what you use. Do not send the code from your letter, nor your ballot.
accessibility-contact-commission = Turn to the commission of the vote or to the town's administration.
accessibility-reviewed = Last reviewed: { $day }.

## Refusals and faults: what happened and what to do

problem-unknown-round = There is no such vote
problem-unknown-round-advice = The address may have a mistake in it, or the vote is not published yet. All votes are on the first page.
problem-code = The code did not fit
problem-code-advice = Compare each character with your letter. If all are right, the code may have been cancelled, because a new letter was issued or it was entered wrongly too often. Turn to the commission: they will give you a new letter.
problem-code-mistyped = There is a typing mistake in the code
problem-code-mistyped-advice = This is a slip of typing, not a wrong code, and no try was spent. Compare each character with your letter.
problem-under-age = You are too young for this vote
problem-under-age-advice = This vote has an age from which one may vote; the rules name it. If your date of birth on the roll is wrong, turn to the commission.
problem-wrong-district = Another district votes
problem-wrong-district-advice = This vote is for residents of another district. See on the first page whether there is one for yours. If your district on the roll is wrong, turn to the commission.
problem-session = The code is needed once more
problem-session-advice = It is a long time since you entered your code. Enter it from your letter again: what you have marked is not lost.
problem-letter-replaced = Your letter was replaced by a new one
problem-letter-replaced-advice = The code of the old letter is worth nothing any more. Enter the code from the new letter. If you did not ask for a new letter, turn to the commission at once.
problem-blinded-message = The credential could not be requested
problem-blinded-message-advice = What your device asked does not fit this vote. Nothing is spent. Reload the page and enter the code again; if that does not help, try another device.
problem-already-issued = A credential was issued in your name already
problem-already-issued-advice = It is issued once. If it was you who got it, enter the whole code, both halves: the credential comes back to this device. If it was not you, turn to the commission at once.
problem-not-issuing = Credentials are not issued now
problem-not-issuing-advice = They are issued from the publication of the rules to the close of the voting. The page of the vote says when that is.
problem-no-backup = There is no saved credential
problem-no-backup-advice = A credential was issued, but its copy was not saved. If you have just begun on another device, wait a minute and try again. Otherwise vote from the device on which you began. If you no longer have it, turn to the commission.
problem-backup-length = The copy of the credential could not be saved
problem-backup-length-advice = The credential is on this device, and you can vote from it. Reload the page to save the copy again.
problem-ballot-length = The ballot is damaged: it has the wrong length
problem-ballot-length-advice = Your vote is NOT counted. It was damaged on its way, or your page is out of date. Reload the page and vote again. If it happens once more, try another device and tell the commission.
problem-ballot-format = The ballot is written in an unknown way
problem-ballot-format-advice = Your vote is NOT counted. It was damaged on its way, or your page is out of date. Reload the page and vote again. If it happens once more, try another device and tell the commission.
problem-ballot-other-round = The ballot was filled in for another vote
problem-ballot-other-round-advice = Your vote is NOT counted. Go back to the first page, open the vote that you mean and fill in its ballot.
problem-ballot-version = The ballot has no version number
problem-ballot-version-advice = Your vote is NOT counted. It was damaged on its way, or your page is out of date. Reload the page and vote again. If it happens once more, try another device and tell the commission.
problem-ballot-credential = The credential in the ballot is damaged
problem-ballot-credential-advice = Your vote is NOT counted. Enter the whole code from your letter, both halves, to bring the credential back, and vote again.
problem-ballot-issuer-signature = The credential is not for this vote
problem-ballot-issuer-signature-advice = Your vote is NOT counted. The registrar did not sign such a credential. Enter the whole code from your letter to bring your own back, and vote again. If that does not help, turn to the commission.
problem-ballot-signature = The signature under the ballot does not fit
problem-ballot-signature-advice = Your vote is NOT counted. It was damaged on its way, or your page is out of date. Reload the page and vote again. If it happens once more, try another device and tell the commission.
problem-not-open-yet = The voting has not begun yet
problem-not-open-yet-advice = Your vote is NOT counted. The page of the vote says when it begins. You can get your credential in advance.
problem-paused = The voting is paused
problem-paused-advice = Your vote is NOT counted. An official alone can pause the voting; the reason is in the log. Vote when it goes on; a vote that was accepted earlier stays in force.
problem-closed = The voting is over
problem-closed-advice = Your vote is NOT counted. It closed before the ballot arrived. If an earlier vote of yours was accepted, it stays in force.
problem-version-not-growing = A later vote was accepted already
problem-version-not-growing-advice = This ballot is NOT counted: your credential was used to vote later, perhaps on another device. The last one that was accepted counts. To change it, reload the page and vote again.
problem-unknown-ballot = There is no such ballot
problem-unknown-ballot-advice = Check the number: it may be from another vote, or have a mistake in it. If the screen has said “accepted”, keep the receipt and turn to the commission: it is the proof.
problem-token = A staff token is needed
problem-token-advice = This part is for officials and the commission only. The token is missing, wrong or revoked: get a valid one from the administrator.
problem-not-allowed = Your role does not allow this
problem-not-allowed-advice = This act is for another role: officials propose, commission members confirm. The manual says who may do what.
problem-not-now = This is not possible now
problem-not-now-advice = The vote is in another state, or nothing waits for confirmation. See its state, and the order of steps in the manual. Nothing was changed.
problem-rules = The data contradict the rules
problem-rules-advice = The answer says what is wrong, and for a roll in which record. Nothing was taken: mend it and send the whole again.
problem-picture = The picture was not accepted
problem-picture-advice = It must be a JPEG, PNG or WebP file of at most 16 MB and 50 megapixels. Save the picture in one of these formats, or smaller, and upload it again.
problem-unknown-picture = There is no such picture
problem-unknown-picture-advice = It may have been removed: the reason stands in the log of the vote.
problem-not-in-log = The log does not hold this
problem-not-in-log-advice = The log only grows: what is not there yet may come later. Programs that check it begin with its signed head, which says how far it reaches.
problem-malformed = The service did not understand the request
problem-malformed-advice = Nothing was changed or counted. See that what you entered is whole and has no odd characters, or reload the page and try again.
problem-too-large = Too much was sent
problem-too-large-advice = Nothing was changed or counted. Reload the page and try again; take a smaller file.
problem-overloaded = Very many people are here now
problem-overloaded-advice = The service cannot keep up, and your request was not taken. Wait half a minute and try again: nothing is counted twice.
problem-log-behind = The server has an old copy of the log
problem-log-behind-advice = It is not your doing. The witnesses of the vote have signed more than this server has now, so it takes nothing until the right copy is back; the commission must see to it. A new vote is NOT counted now; one that was accepted earlier is proven by its receipt.
problem-timeout = The answer took too long
problem-timeout-advice = Whether the request was taken is not known yet. Try again: the very same ballot is sent, and it is not counted twice.
problem-unavailable = The service does not answer now
problem-unavailable-advice = It is not your doing. Wait a minute and try again: the very same ballot is sent, and it is not counted twice. Until it says “accepted”, the vote is not counted.
problem-too-many = Too many tries
problem-too-many-advice = This keeps anybody from guessing codes. Wait a few minutes and try again. A vote that was accepted earlier stays in force.
problem-no-result-yet = There is no result yet
problem-no-result-yet-advice = Until the close the ballots are sealed for everybody. The result appears here after they are opened and counted.
problem-not-found = There is no such page
problem-not-found-advice = The address may have a mistake in it, or the link is old. Start from the first page.
problem-method-not-allowed = This page cannot be opened like that
problem-method-not-allowed-advice = The address is right, but is opened in another way. Nothing was changed or counted. Start from the first page.

problems-lead = What the message that you saw means, and what to do next.
problems-residents = For residents
problems-program = Rare faults of the program
problems-staff = For officials and the commission
problems-list = All messages and what to do
problems-home = To the list of votes

## Pages on which the browser itself works: what is seen without programs

vote-heading = Ballot
vote-loading = A form opens here. If there is none, programs (JavaScript) are switched off in the browser, or it is too old: what to do is told below.
vote-otherwise = If the form does not open
vote-otherwise-script = Voting on this page needs JavaScript: the browser itself seals the ballot, so that not even the server sees what it says. You can read about the territories and the rules without it. Other ways to vote:
vote-otherwise-commission = with the commission, on its device;
vote-otherwise-tablet = on a volunteer's tablet: say there that other people use the device too;
vote-otherwise-program = on a computer, with an open program that does the same as the browser:
vote-territory = More, in a new tab
vote-receipts = Receipts of this device
vote-receipts-otherwise = The browser itself keeps and checks receipts, which takes JavaScript. The number of a ballot can be checked without it.
check-otherwise = Check by number
check-otherwise-text = Only the browser itself can check a receipt in full, which takes JavaScript; the program veche does the same on a computer. Without them the server can merely say whether a ballot of this number is in the log.
check-tracker = Number of the ballot
check-hint = 16 characters, such as 3f0a-91c4-77de-0b52.
check-submit = Check
check-line = The server says that the ballot is in the log, line { $line }. You can find this line in the public log and compare.
check-waiting = The server says that the ballot is accepted and waits: it will be in the log by { $moment }.
check-unknown = The server does not know such a ballot. Compare the number. If you have a receipt, check it on a device with JavaScript or take it to the commission: it is a proof.
issued-otherwise = The browser itself checks the code from your letter, which takes JavaScript. Without it ask the commission: they tell you the same when they have seen your document.

## Ballot, receipts, checking: said by the browser itself

client-moment = { $day }, { $time } ({ $offset })
client-start-failed = It did not begin
client-try-again = Try again
client-contact = Where to ask: { $contact }
client-refused = The service refused
client-refused-advice = Reload the page and try again. If that does not help, turn to the commission.
client-under-age = Those who are { $age } or older may vote. You may vote from { $day } on.
client-district = Residents of this district vote: { $district }. Look on the first page for the votes of your district.
client-wait = Try again after { $time }.
client-wait-seconds =
    { $seconds ->
        [one] Try again in a second. Repeating is safe: nothing is counted twice.
       *[other] Try again in { $seconds } seconds. Repeating is safe: nothing is counted twice.
    }
client-wait-safe = Try again after { $time }. Repeating is safe: nothing is counted twice.

client-no-answer-offline = There is no connection to the internet
client-no-answer-time-out = No answer has come for too long
client-no-answer-network = The connection broke
client-no-answer-advice = Everything you entered is still on the page. When the connection is back, try again: repeating is safe, nothing is counted twice.

client-wrong-form = The server's answer cannot be read
client-wrong-fingerprint = The rules do not have their fingerprint
client-wrong-rules-changed = The rules are not those that this device saw before
client-wrong-rules = The rules of the vote contradict themselves
client-wrong-issuer-signature = The registrar's signature on the credential is wrong
client-wrong-acceptance = The signature under the confirmation is wrong
client-wrong-receipt = Receipt and ballot do not fit together
client-wrong-checkpoint = The head of the log is not signed by its key
client-wrong-proof = The proof does not lead to the head of the log
client-wrong-log-changed = The log was rewritten: earlier lines were changed or are gone
client-wrong-opening-key = The key that was revealed is not of this vote
client-wrong-advice = Your browser checked this, and it must not be so. Reload the page and try again. If it happens again, keep a picture of the screen and tell the commission.

client-device-taken = This device holds the credential of somebody else
client-device-taken-advice = If that person has finished, erase their data from the device and enter your code again.
client-device-requested = A credential was asked for on this device with another code, and no answer came
client-device-requested-advice = If that was somebody else, let them finish first. If it was you, enter that code again. If your letter was replaced since, ask the commission before you erase anything.
client-device-no-credential = The credential is not on this device any more
client-device-no-credential-advice = It may have been erased in another tab. Reload the page and enter the code from your letter again.
client-device-nothing-pending = There is nothing to send
client-device-nothing-pending-advice = Reload the page: it shows what was accepted.
client-device-backup = The second half of the code does not fit
client-device-backup-advice = Compare it with your letter: nothing else opens the copy of your credential. If your letter was replaced, it takes the second half of the letter with which the credential was got.
client-device-storage = The device cannot keep data
client-device-storage-advice = Make room, or open the page in a normal window instead of a private one.
client-device-unsupported = This browser cannot do what a secret vote needs
client-device-unsupported-advice = Update the browser, open the page on another device at an address that begins with https, or vote with the commission.

client-code-heading = The code from your letter
client-code-lead = The code shows that you are on the roll. It is not connected with the ballot: a ballot does not tell whose it is.
client-code-first = First half of the code, 16 letters
client-code-first-hint = The registrar gets it to find you on the roll. You can also paste the whole code here. Spaces, dashes and small letters do no harm.
client-code-second = Second half of the code, 20 letters
client-code-second-hint = It never leaves the browser: it encrypts a copy of your credential, so that you can go on with another device. If you leave it empty, you can vote from this device only.
client-code-filled = Both halves of the code are filled in.
client-code-linked = The first half came with the link: compare it with your letter. Type the second half from the letter yourself.
client-code-short =
    { $expected ->
        [one] Letters entered: { $given }. It takes { $expected }.
       *[other] Letters entered: { $given }. It takes { $expected }.
    }
client-code-long = More letters than there should be: { $given } instead of { $expected }.
client-code-letter = No code has the character “{ $letter }” (number { $place }). Compare it with your letter.
client-code-check = There is a typing mistake in this half: the check letters do not fit. Compare each letter with your letter.
client-code-submit = Go to the ballot
client-code-working = Checking the code. This may take a few seconds…
client-shared = Other people use this device too
client-shared-hint = Such as a volunteer's tablet or a computer in a library. Then nothing is kept on it, and you have to take the receipt with you.
client-memory-only = This browser keeps nothing (private windows do so). You can vote; do not close the page before you have saved the receipt.

client-greeting = Somebody has begun to vote here
client-greeting-credential = This device holds a credential for this vote. If it is yours, go on. How you voted before is not shown here.
client-greeting-requested = A credential was asked for on this device, and no answer came. If that was you, go on: you need the code from your letter once more.
client-greeting-unsaved = There is no copy of the credential for another device yet. To leave one, enter the code once more, both halves.
client-leave-copy = Leave a copy
client-continue = Go on
client-somebody-else = That is not me: erase and begin anew
client-erase-request = Erase that request and begin with this code
client-erase-question = Erase everything of this vote from this device?
client-erase-unsaved = There is no copy of the credential. Once it is erased, nobody can vote with it any more, neither here nor on another device. A vote that was accepted stays counted.
client-erase-requested = The request for a credential is not finished. If one was issued and only the answer was lost, that person cannot get another once this is erased, not even with a new letter.
client-erase-pending = A ballot that was sent has no confirmation yet. Once it is erased, it cannot be sent again.
client-erase-receipts = The receipts leave this device. If you need them, save them first.
client-erase-saved = You can get the credential again on any device, with both halves of the code.
client-erase-yes = Erase
client-erase-no = Do not erase
client-erased = Erased
client-erased-text = Everything that this page kept on the device for this vote is deleted. The list of visited addresses is kept by the browser itself: if the device is not yours, clear that too.

client-source-here = The credential is on this device already
client-source-new = You have your credential
client-source-resumed = You have your credential: the request that was begun earlier is finished
client-source-restored = Your credential was brought from another device
client-backup-saved = You can go on with another device too: it takes both halves of the code.
client-backup-none = You did not enter the second half of the code, so you can vote from this device only.
client-backup-later = A copy for other devices is being saved…
client-backup-failed = The copy for other devices could not be saved. You can vote from this device.
client-ready = You have your credential
client-look-again = See whether it has begun
client-phase-published = Voting begins on { $moment }
client-phase-published-text = You can get your credential now already, and vote from that time on.
client-phase-paused = Voting is paused
client-phase-paused-text = Ballots are not taken now. Come back to this page when the voting goes on. The log says why it was paused.
client-phase-annulled = The vote was annulled
client-phase-annulled-text = Ballots are not taken any more, and there will be no result. The log says why.
client-phase-closed = Voting closed on { $moment }
client-phase-closed-text = Ballots are not taken any more. You can still check your vote.
client-over = Voting is over
client-annulled = The vote was annulled

client-marks-heading = Your marks
client-marks-legend = Territories
client-marks-order = Everybody sees the territories in an order of their own: it was drawn by chance and is always the same for you, so that none gains from its place. What is told of a territory opens in a new tab; your marks are not lost.
client-details = What is proposed
client-cast = Vote
client-not-counted = NOT COUNTED YET
client-not-counted-again = NEW VOTE NOT COUNTED YET
client-not-counted-again-text = Until its confirmation comes, take it that your earlier accepted vote stays in force.
client-not-counted-over = THIS VOTE IS NOT COUNTED
client-in-force = A vote that was accepted earlier stays in force.
client-not-counted-marks = Your marks are on your screen only. The vote counts when you have pressed “Vote” and the confirmation has come.
client-sending = The ballot is sealed and sent, waiting for the confirmation. Do not close the page.
client-retry = Send again
client-change-marks = Change the marks
client-closed-at = Voting closed on { $moment }.
client-closed-advice = This ballot was not accepted and will not be counted. Your marks are still to be seen on the page, but nothing can be changed any more. If you voted earlier, that vote counts.
client-pending-kept = The sealed ballot is kept on this device. The same bytes are sent again: if they did arrive the first time, the same confirmation comes back.
client-pending-heading = A ballot without confirmation
client-pending = A ballot was sent from this device, and no confirmation came. As long as there is none, take it that the vote is not counted.
client-pending-safe = Send the ballot again. That is safe: it is the same ballot and is not counted twice.
client-pending-anew = Do not send it, mark anew
client-pending-link = Send again
client-blank-question = Cast a blank ballot?
client-blank-explanation = You have not marked any territory. A blank ballot counts as participation and gives no votes to anybody.
client-blank-yes = Cast it blank
client-blank-no = Back to the marks

client-approval-summary = Marked: { $marked } of { $max }
client-approval-full =
    { $max ->
        [one] You can mark at most { $max } territory. To mark another, take this mark away first.
       *[other] You can mark at most { $max } territories. To mark another, take one of the marks away first.
    }
client-score-summary = Scored: { $given } of { $all }
client-score-none = no score
client-score-hint = From 0 to { $max }. An empty field is no score.
client-score-range = A score is a whole number from 0 to { $max }.
client-score-clear = No score
client-score-clear-of = Take the score away: { $title }
client-points-summary = Points left: { $left } of { $total }
client-points-hint = At most { $each }
client-points-each =
    { $each ->
        [one] One territory can get at most { $each } point.
       *[other] One territory can get at most { $each } points.
    }
client-points-left =
    { $left ->
        [0] No points are left. To add some here, take some from another territory.
        [one] That is too much: there is { $left } point for this territory.
       *[other] That is too much: there are { $left } points for this territory.
    }
client-points-less = One point less: { $title }
client-points-more = One point more: { $title }
client-ranked-summary = In your order: { $ranked } of { $max }
client-ranked-title = Your order, the best first
client-ranked-none = Empty so far. Add territories from the list below.
client-ranked-keys = Change the order with the buttons, by dragging the dots, or with keys: on a territory's button the arrows up and down move it, Home puts it first, End last, Delete takes it out.
client-unranked-title = The other territories
client-ranked-add = Add
client-ranked-add-of = Add at the end of the order: { $title }
client-ranked-up = Up: { $title }
client-ranked-down = Down: { $title }
client-ranked-remove = Take out of the order: { $title }
client-ranked-moved = { $title }: place { $place } of { $all }
client-ranked-removed = { $title }: taken out of the order
client-ranked-full =
    { $max ->
        [one] The order can hold at most { $max } territory. Take out the one that is there first.
       *[other] The order can hold at most { $max } territories. Take one out first.
    }

client-accepted = Your vote is accepted
client-accepted-title = Your vote is accepted, the confirmation was checked
client-accepted-text = The ballot box signed a promise to count this ballot, and your browser checked the signature. Nobody knows what the ballot says: it is sealed until the voting is over.
client-tracker = Number of the ballot
client-fingerprint = Fingerprint of the rules
client-fingerprint-compare = Your browser computed it. Compare it with the fingerprint on paper: they must be the same.
client-in-log-by = In the log by
client-receipt-asking = Looking whether the ballot is in the log…
client-receipt-waiting = The ballot waits for its group: it will be in the log by { $moment }. The page checks that by itself, also when you open it again.
client-receipt-late = The promised hour is over, and the ballot is not in the log. The ballot box broke its word. Save the receipt: it proves this. Tell the commission.
client-receipt-logged = The ballot is in the log, line { $line }. Checked: the line is part of the signed log of { $size } lines.
client-receipt-unknown = The vote is accepted. Whether it is in the log could not be found out yet: { $reason }. The page will try again.
client-receipt-denied = The ballot box signed a promise and now does not know this ballot. Save the receipt: it proves this. Tell the commission.
client-receipt-failed = The check failed: { $reason }. Save the receipt and tell the commission.
client-save = Save the receipt
client-saved = The receipt is saved to the file { $name }.
client-qr = QR code
client-qr-name = QR code of the receipt
client-qr-note = Take the code with another phone: it opens the page that checks this ballot.
client-print = Print
client-keep-receipt = The receipt does not show how you voted. Once the ballots are opened, whoever has it can find your ballot in the public log, so do not give it to anybody.
client-cast-again = Vote differently
client-cast-again-note = Until the close ({ $moment }) you can vote as often as you like: the last ballot counts. Your earlier choice is not shown: it is not on this device either.
client-finish = Finish and erase from this device
client-memory-title = The page kept nothing on this device
client-memory-accepted = Save the receipt or take its QR code, and then press “Finish”.
client-receipts-link = Receipts of this device
client-check-link = Check my vote
client-results-link = Results

client-receipts = What is kept here
client-receipts-none = There are no receipts
client-receipts-none-text = This device holds no receipts of this vote. If you saved a receipt to a file or took its QR code, check it on the page for checking.
client-receipt-last = The last ballot
client-receipt-last-text = Of the ballots of this device this one counts, unless you voted later from another.
client-receipt-earlier = An earlier ballot
client-receipt-earlier-text = Replaced by a later one: it stays in the log and is not counted.
client-log-asking = Checking the log…
client-log-first = The log is signed and has { $size } lines. This device has remembered its head and will check at the next visit that the log only grew.
client-log-grew = The log only grew: last time it had { $before } lines, now it has { $size }, and the earlier ones are in place.
client-log-fault = The log could not be checked: { $reason }.

client-check-heading = Receipt, QR code or number
client-check-lead = Your browser itself does the checking. File and picture stay on the device: the server is told the hash of the ballot only.
client-check-file = Receipt file
client-check-file-hint = Its name begins with veche-receipt.
client-check-picture = Picture of a QR code
client-check-picture-hint = Take the code with the camera, or choose a picture.
client-check-tracker = Number of the ballot
client-check-tracker-hint = 16 characters, such as 3f0a-91c4-77de-0b52. With the number alone not everything can be checked.
client-check-tracker-form = A number has 16 characters: digits and letters from a to f.
client-check-submit = Check
client-checking = Checking…
client-qr-reading = Looking for a code in the picture…
client-no-qr = There is no QR code in the picture
client-no-receipt = This is no receipt
client-no-receipt-advice = It takes a file saved with the button “Save the receipt”, or a sharp picture of its whole QR code.
client-other-round = This receipt is of another vote
client-other-round-link = Check it on the page of that vote

client-found-logged = The ballot is in the log, line { $line } of { $size }
client-found-logged-text = The receipt is genuine, the ballot is in the log, and the log has only grown since.
client-found-logged-new = The receipt is genuine, and the ballot is in the log.
client-found-tracker = A ballot of this number is in the log. The number does not prove that the ballot is yours: that takes the receipt.
client-found-waiting = The ballot is accepted and waits: it will be in the log by { $moment }
client-found-waiting-text = That is as it should be: ballots enter the log in groups, so that the time does not tell whose they are. Check again after that hour.
client-found-late-unproved = The promised hour is over, and the ballot is not in the log. The number alone does not prove this: it takes a saved receipt. Tell the commission.
client-found-broken = The ballot box broke its word
client-found-late = It promised to put the ballot into the log by { $moment }. That hour is over, and the ballot is not there.
client-found-denied = It signed a promise to put the ballot into the log by { $moment }, and now says that it does not know it.
client-found-broken-text = Keep the receipt: the signed promise in it is a proof that anybody can check. Give it to the commission and to observers. If voting is still open, vote again.
client-found-failed-text = Keep the receipt and a picture of the screen: the commission and observers need them.
client-growth-note = This receipt holds no head of the log: it was saved before the ballot was in the log. So the log cannot be compared with an earlier one.
client-steps = What was checked
client-outcome-held = Holds:
client-outcome-failed = DOES NOT HOLD:
client-outcome-skipped = Not checked:
client-step-promise = the ballot box's signature on its promise to count this ballot.
client-step-line = the line of the log holds this very ballot, and its signatures are right.
client-step-proof = the line is part of the log.
client-step-head = the head of the log is signed by the key in the rules.
client-step-growth = today's log begins with the one that the receipt remembers.
client-step-witnesses = independent witnesses, whom the rules name, cosigned the head of the log.
client-witnesses = Independent witnesses have cosigned the head of the log: { $names }. Signatures needed: { $quorum }, present: { $signed }.
client-witnesses-none = Independent witnesses have not cosigned this head of the log yet. Signatures needed: { $quorum }, present: { $signed }. Check again later.
client-witnesses-forged = A signature in the name of a witness is false: { $names }. Keep the receipt and tell the commission.
client-witnesses-unchecked = The signatures of these witnesses are checked by the auditor’s program, not by the browser: { $names }.

client-counted-heading = What was counted
client-counted-asking = Looking whether the ballots are opened…
client-counted-sealed = The ballots are still sealed. After the opening this shows what the ballot says: so you can make sure that the device sent what you chose.
client-counted-lead = The browser opened the ballot with the key from the log. It marks:
client-counted-blank = The ballot is blank.
client-counted-invalid = The ballot is invalid
client-counted-differs = If this is not what you marked, the device from which you voted changed your choice, or a program on it did. Keep the receipt and tell the commission.
client-replaced-heading = Whether a later one replaced it
client-replaced-lead = Of one person's ballots the last one counts. To find out whether there is a later one the browser reads the whole log; if the log is large, that is a few megabytes.
client-replaced-ask = Read the log
client-replaced-reading = Lines read: { $read } of { $size }
client-replaced-no = There is no later ballot
client-replaced-no-text = The whole log was read. This very ballot counts.
client-replaced-yes = A later ballot counts, line { $line }
client-replaced-yes-text = The same credential voted again, and this ballot is replaced. If that was not you, tell the commission.

client-issued-heading = First half of the code
client-issued-lead = This shows whether anybody got a credential with your letter. Nobody can see how you voted. Nothing is kept on the device.
client-issued-hint = 16 letters from your letter. The second half is not needed here: do not show it to anybody.
client-issued-submit = Find out
client-issued-yes = A credential was issued in your name
client-issued-yes-text = If it was you who got it, all is well.
client-issued-not-me = If it was not you, somebody used your letter. Tell the commission at once: a credential that was issued cannot be taken back, but they will find out how it happened.
client-issued-no = No credential was issued in your name
client-issued-no-text = Nobody has voted with your letter yet, and nobody can without its code.
client-pseudonym = Your line in the register
client-pseudonym-text = After the voting the register of issued credentials is published. This line must be in it if a credential was issued, and must not if none was.

## Witness

witness-title = Witness { $name }
witness-lead = A witness watches that logs only grow: lines are added, and earlier ones neither change nor vanish. It signs a log's new state when it goes on from the one before, and refuses when it does not.
witness-key = Key of the witness
witness-log-key = Key of the log
witness-newest = Newest state that was signed
witness-at = Signed at
witness-lines =
    { $lines ->
        [one] { $lines } line
       *[other] { $lines } lines
    }
witness-note = The signed note
witness-nothing = This log has not sent its state yet.
witness-more-lies = Also refused, and not shown here: { $count }.
witness-no-lies = Nothing wrong was seen.
witness-split = The log signed two different contents of one size. No fault on the way explains that: different people were shown different things. The two signed notes prove it.
witness-rolled-back = A state shorter than one that was signed was sent here. Anybody can send an old state, late or on purpose, so this alone proves nothing against the log.
witness-unproven = A longer state was sent here without proof that it goes on from the one before. Anybody can send it so, so this alone proves nothing against the log.
witness-known = Known before
witness-shown = Sent later
witness-broken = The state of this log could not be stored, so nothing is signed until it can be. The next request tries again.
witness-state = The same for programs
