//! Texts written for this example. Places, people and papers are made up.

/// The agency's report, which the others print.
pub const STRIKE: &[&str] = &[
    "PORT MARRIN (Meridian Wire) – Dock workers and the harbour authority of Port Marrin signed an agreement early on Tuesday that ends an eleven-day strike and reopens the largest container terminal on the Salvere coast.",
    "The deal, reached after a night of talks in the customs house, raises basic pay by 9 per cent over two years and sets up a joint panel that must approve any new automated crane before it is used, according to a text of the agreement seen by Meridian Wire.",
    "“Nobody got everything, and that is why it will hold,” said Ilse Varga, who led the negotiations for the Union of Quay and Terminal Labour. “Our members wanted a say over the machines that work beside them. From today they have it.”",
    "The harbour authority said that the first of 61 ships waiting in the roadstead would be brought in with the noon tide, and that it would take about three weeks to clear a backlog of 34,000 containers.",
    "Refrigerated cargo will go first. Fruit worth an estimated 18 million crowns has spoiled since the strike began on the sixth of the month, the growers’ association of the Upper Salvere valley said last week.",
    "Tomas Reinholt, the authority’s director, told reporters on the steps of the customs house that the cost of the settlement would be met without raising harbour dues this year. “The lines that stayed with us will not be asked to pay for it,” he said.",
    "The dispute began when the authority announced that four remotely driven gantry cranes would enter service at the western basin in spring. The union said the machines had been tested at night without the safety officers that the harbour rules require.",
    "An inspection ordered by the labour ministry on the fourth day of the strike found that two of the tests had indeed been run without an officer present. The authority called it an oversight and apologised, but did not withdraw the cranes.",
    "Under the agreement the four cranes stay, but no dock worker may lose a post because of them before the end of the decade. The panel, three members from each side and a chair named by the maritime court, can halt a machine for up to thirty days.",
    "Economists had put the loss to the regional economy at some 40 million crowns a day. “It is the second stoppage in four years, and shipping lines have long memories,” said Dagny Ostrow, who studies ports at the University of Lerwald. “Some of the traffic that went to Brenn Haven will not come back.”",
    "Brenn Haven, 140 kilometres to the north, handled a third more containers than usual during the strike and hired 200 temporary workers. Its management declined to say whether they would be kept.",
    "Union members are to vote on the agreement at the weekend. Ms Varga said that she expected a clear majority, and that work would resume before the vote as a sign of good faith.",
    "The transport minister, Pavel Hron, welcomed the outcome and said that a promised inquiry into safety at the country’s six large harbours would go ahead all the same. Its first hearing is set for the second week of December.",
];

/// What the paper in the port added to it.
pub const STRIKE_LOCAL: &[&str] = &[
    "In the taverns along Netmakers’ Row the news went round before the ink was dry. “Eleven days of soup is enough for anybody,” said Greta Lund, who has run the kitchen of the Blue Anchor for thirty years and fed the pickets at cost.",
    "The city said that the tram to the western basin would run again from the first shift on Wednesday, and that the parking fines handed out along the picket line would be forgiven.",
];

/// A reporter's own account of the same agreement.
pub const STRIKE_OWN: &[&str] = &[
    "Cranes began to move again over the western basin of Port Marrin on Tuesday afternoon, hours after union leaders and the harbour’s director shook hands on a compromise that few had thought possible at the weekend.",
    "I watched the bulk carrier Halcyon Dawn come past the mole at twenty past twelve, the first vessel to be berthed since dockers walked out nearly two weeks ago over plans to drive gantry cranes from a control room.",
    "Those who had stood at the gate through the rain were in no mood to gloat. Most said the wage rise mattered less to them than the promise that jobs are safe until 2030 and that a committee can stop a machine that looks dangerous.",
    "“I have two boys who want to work here,” said crane driver Oskar Pell. “Yesterday I would have told them to learn something else.”",
    "Inside the customs house, where both sides had been shut up since Monday evening, the breakthrough came shortly before four in the morning, when director Reinholt dropped his demand that the committee only advise, two people who were in the room told Coast Today.",
    "Not all is settled. The rank and file still have to approve the pact in a ballot on Saturday and Sunday, fruit growers inland want compensation, and shippers that diverted their boxes to Brenn Haven have yet to say when, or whether, they will return.",
];

/// One storm, three newsrooms.
pub const STORM_NORTHERN: &[&str] = &[
    "Storm Odile changed course overnight and is now expected to reach the Fennmark islands late on Wednesday, a day earlier than forecast, the national weather service said.",
    "Gusts of up to 150 kilometres an hour and waves of nine metres are possible on the northern shores. The service raised its warning for the four outer islands to red, the highest of its levels.",
    "Ferries to Skarn and Little Holm will stop at noon. The islands’ council asked people in houses below the old sea wall to move to the school in Skarn before dark.",
    "“We have seen higher tides, but not with this wind behind them,” said harbour master Runa Teig. About 2,600 people live on the islands threatened.",
    "The lifeboat station at Hallan brought two of its three boats into the inner harbour on Tuesday. The third stays on call.",
];
pub const STORM_HARBOUR: &[&str] = &[
    "Families on Skarn were packing cars and tying down boats on Tuesday as Odile, the first great storm of the winter, bore down on the Fennmarks faster than anyone had predicted.",
    "Meteorologists blamed a sudden bend in the jet stream. Where models had the low drifting towards open sea, it now heads straight for the archipelago and should make landfall in the small hours of Thursday at the latest.",
    "At the village school, turned into a shelter with 300 camp beds, teacher Sanna Vik was handing out blankets. “The children think it is an adventure,” she said. “Their grandparents remember 1987.”",
    "That year a surge broke the sea wall in three places and drowned eleven people. The wall was rebuilt a metre higher; the houses in front of it were never given up.",
    "The last boat to the mainland leaves at midday on Wednesday. Shops on the quay had sold out of torches and tinned fish by Tuesday evening.",
];
pub const STORM_LEDGER: &[&str] = &[
    "Insurers and salmon farmers are bracing for heavy losses as Storm Odile closes in on the Fennmark islands, where half of the country’s farmed fish is raised.",
    "NordSal, the largest producer, said it had begun to tow 14 of its 52 cages from the exposed western sounds into sheltered water, work that normally takes a week and must now be done in a day. Shares in the company fell 6.4 per cent.",
    "A storm of similar strength cost the industry 210 million crowns in 2011, when torn nets let more than a million fish escape.",
    "The weather service expects winds of hurricane force around the islands from Wednesday night. Power companies have flown in repair crews with generators, and the airport on Skarn will close at ten in the morning.",
    "Reinsurers said it was too early for an estimate. Premiums for coastal property in the region have doubled since the last great surge.",
];

/// Headline, text: pieces that have nothing to do with each other.
pub const ALONE: &[(&str, &[&str])] = &[
    (
        "Museum finds a lost map inside the binding of another",
        &[
            "Restorers at the Lerwald city museum have found a hand-drawn map of the upper river, thought lost since a fire in 1764, folded into the binding of a dull atlas that nobody had opened for a century.",
            "The sheet came to light when the spine of the atlas cracked in the reading room. Under the leather, where bookbinders used scrap paper to stiffen a cover, lay four layers of parchment in the hand of the surveyor Anselm Kort.",
            "“You dream of this once in a working life,” said the restorer Mila Janek, who spent five weeks lifting the layers apart with steam and a bone knife.",
            "The map shows mills, fords and two villages that later floods swept away. It will be on view from January, beside the atlas that kept it.",
        ],
    ),
    (
        "Twelve-year-old draws with the champion",
        &[
            "A schoolgirl from Brenn Haven held the reigning national chess champion to a draw on Monday, in the fourth round of the winter open.",
            "Noor Adeyemi, who is twelve and learned the game from her grandfather’s newspaper, sacrificed a rook on the thirtieth move and forced perpetual check. The champion offered his hand before the clock ran out.",
            "“She saw it before I did,” he said. “I should have played the knight.” Asked how she felt, the girl said that she was hungry.",
            "She is the youngest player ever to take half a point from a grandmaster at the tournament, and stands in shared sixth place with three rounds to go.",
        ],
    ),
    (
        "City library to open on Sundays after all",
        &[
            "The central library will open its doors on Sundays from February, the council decided by a single vote after two hours of debate on Monday evening.",
            "Opponents had warned that the 340,000 crowns a year for wages and heating would be missing from the repair of school roofs. Supporters brought a petition with nine thousand names.",
            "Under the compromise only the reading rooms and the children’s floor will be open, from eleven to five, and the lending desk will be served by machines.",
            "The librarians’ representative called it a start. “People do not only come for the books,” she said. “They come because it is warm and nobody sells them anything.”",
        ],
    ),
    (
        "Old railway tunnel becomes a path for cyclists",
        &[
            "A tunnel that has not seen a train for forty years was opened to cyclists and walkers on Tuesday, and cuts the way over the Grauner ridge from an hour to nine minutes.",
            "The bore is 2.1 kilometres long, lit by sensors that follow the rider, and closed from November to March at the eastern end, where a colony of 1,200 bats spends the winter.",
            "The work cost 31 million crowns, half as much again as planned, since the brick lining had to be renewed over a third of its length.",
            "The first through was the retired signalman Anton Breza, aged 88, on a borrowed tricycle. He had also been on the last train.",
        ],
    ),
    (
        "Astronomers weigh a planet that should not be there",
        &[
            "A planet three times as heavy as Neptune circles a dim star so closely that, by every textbook, it ought to have been boiled away long ago, a team led from Lerwald reports.",
            "The group used a spectrograph on the southern plateau to measure how the planet tugs at its sun. A year there lasts 19 hours, and a day presumably just as long.",
            "Such worlds are so rare in close orbits that astronomers speak of a desert. “And here is something that lives in the desert and looks rather well fed,” said the lead author, Ayo Brandt.",
            "One explanation is that the planet moved inwards only lately and is being stripped as we watch. Observations with a space telescope next summer could show the tail of gas that it would leave.",
        ],
    ),
    (
        "Marrin Rovers throw away a three-goal lead",
        &[
            "Marrin Rovers led by three at half-time and had to be content with a point on Monday night, after a second half that their coach called the longest of his life.",
            "Two headers from corners and a penalty in the second minute of added time brought Lerwald back from the dead in front of 14,200 spectators.",
            "“At the break we talked about goal difference,” said captain Jonas Wyle. “That is what you get for it.”",
            "Rovers stay seventh. Their next match is away at Skarn on Saturday, if the ferries run.",
        ],
    ),
    (
        "Wheat prices ease as southern harvest beats forecasts",
        &[
            "Wheat for delivery in March fell to its lowest price since July on Monday, after growers in the southern plains reported yields a tenth above those of an average year.",
            "Traders said that late rain had done more good than the frosts of October did harm. Millers, who had bought little in the autumn, were seen covering their needs well into spring.",
            "Maize and rapeseed followed. Only oats, of which a third of the crop was lost to rust in the north, stood against the trend.",
            "The farm ministry publishes its own estimate on the last Friday of the month.",
        ],
    ),
    (
        "The baker who weighs the flour by ear",
        &[
            "At half past two in the morning the only light in Tanner Street is Emil Sorel’s. He is blind, he bakes four hundred loaves a night, and he has not owned a scale since his daughter borrowed it in 2003.",
            "“Flour talks when it falls,” he says, and lets a scoop run into the trough. It whispers, then hisses, then stops. He adds a pinch. A visitor’s scale says ten kilograms and eleven grams.",
            "Sorel lost his sight at nineteen to a fever, and learned the trade from a master who thought it no reason not to. The oven, built by his grandfather, burns beech and is never quite cold.",
            "The bread costs what it did five years ago. He has been told that this is foolish. He thinks that people ought to be able to afford it, and that at his age foolishness is a kind of freedom.",
        ],
    ),
    (
        "Health agency warns of counterfeit eye drops",
        &[
            "The medicines agency has warned against eye drops sold under the name Clarivis at markets and online, after two patients in Lerwald were treated for infections of the cornea.",
            "The bottles carry the label of a real product but no batch number, and the liquid in those examined was not sterile. Genuine packs are sealed with a blue strip.",
            "Whoever has bought such drops should not use them, and may hand them in at any pharmacy. The agency asked doctors to report further cases.",
            "Police are looking for the seller, who offered the drops at a third of the usual price. So far 700 bottles have been seized.",
        ],
    ),
    (
        "Choir of bus drivers wins a radio prize",
        &[
            "They met in the canteen of the Harbour Street depot because the night shift had a piano. On Sunday the choir of the city’s bus drivers won the public radio’s prize for amateur music with a song about the number nine line.",
            "The jury praised “a sound like a warm engine” and a bass section that could be heard, it was said, as far as the terminus.",
            "Conductor Petra Mahl, who drives the early number four, has twenty-six singers and no two with the same roster. Rehearsals are held at four in the morning and again at eleven at night.",
            "The prize is a concert in the capital in May. The depot’s manager has promised to find substitutes, and asked for a seat in the first row.",
        ],
    ),
    (
        "Village sues over the noise of a church clock",
        &[
            "The administrative court in Lerwald will decide in spring whether the clock of Sankt Orban may go on striking the quarter hours through the night, as it has since 1611.",
            "Three families who moved in beside the churchyard last year say that ninety-six interruptions between dusk and dawn are a danger to their health, and have had the bell measured at 71 decibels on a bedroom sill.",
            "The parish offered to pay for thicker windows. The plaintiffs want the hammer tied up from ten to six, as the neighbouring village has done without, they say, losing count of time.",
            "Sexton Hubert Krain, who winds the works by hand every second day, said that he would abide by whatever the judges decide. “But somebody will have to tell the clock.”",
        ],
    ),
];
