//! Twenty difficult pairs, as editors know them: what is a copy, what only looks like one, and the sentence that says so.

use super::*;
use crate::model::Id;
use std::collections::HashSet;

const FERRY: &str = "A passenger ferry with 214 people on board ran aground in thick fog off the island of Maren early on Tuesday, the coast guard said.\n\
The Aurelia had left Port Selby shortly after five in the morning and struck a sandbank eleven kilometres short of its destination, according to the operator, Nordlin.\n\
\"We heard a long scraping noise and then the engines stopped,\" said Ines Calloway, a teacher who travels on the route every week. \"Nobody screamed. People reached for their coats.\"\n\
Two lifeboats and a helicopter took off the passengers within three hours. Four people were treated for bruises, and a crew member broke an arm.\n\
The coast guard said that the ship's hull was sound and that no fuel had leaked into the bay, which is a breeding ground for seals.\n\
Tugs will try to free the Aurelia at high water on Wednesday evening. Until then Nordlin will run buses to the bridge at Harrow Point.\n\
The maritime authority opened an inquiry. It is the third grounding on the route since a dredging contract was cancelled in the spring.";

const COMPANY: &str = "Velmont will build a battery plant in Larnwick and employ 1,200 people there by the end of 2028, the company announced today.\n\
The plant is to make cells for 300,000 vehicles a year. Construction begins in March on the site of the former steelworks, which the city has cleared of contaminated soil.\n\
\"Larnwick has the port, the people and the power lines that we need,\" said Dora Fenwick, chief executive of Velmont. \"We are here to stay.\"\n\
The company will invest 640 million and receives 85 million in regional aid, subject to approval.\n\
Training of the first 150 technicians starts in autumn at the Larnwick college of engineering, where Velmont pays for a laboratory.\n\
Velmont makes batteries and chargers at four sites and had sales of 2.1 billion last year.";

const QUESTIONS: &str = "Do I need to apply for the heating grant?\nNo. Households that received the grant last winter get it again without applying. The money arrives with the November bill and is shown on a line of its own.\n\
What if I have moved since then?\nTell your supplier before the end of September. The supplier passes the new address on to the grants office, which takes about three weeks to change its records.\n\
How much will I get?\nThe grant is 180 for a single person and 60 more for each further member of the household. Pensioners who live alone get 240, as they did last winter.\n\
Can landlords keep the money?\nNo. Where heating is part of the rent, the landlord has to pass the grant on within a month, and tenants may deduct it from the rent if he does not.\n\
Is the grant taxed?\nIt is not. It does not count as income for housing benefit either, says the ministry.";

const SWEDE: &str = "En passagerarfärja med 214 personer ombord gick på grund i tät dimma utanför ön Maren tidigt på tisdagen, uppgav kustbevakningen.\n\
Aurelia hade lämnat Port Selby strax efter klockan fem på morgonen och stötte på en sandbank elva kilometer från målet, enligt rederiet Nordlin.\n\
Två livbåtar och en helikopter hämtade passagerarna inom tre timmar. Fyra personer behandlades för blåmärken och en besättningsman bröt armen.";

const CHINESE: &str = "周二清晨，一艘载有二百一十四人的客轮在马伦岛附近的浓雾中搁浅。海岸警卫队说，船体没有破损，也没有燃油泄漏。\n\
这艘名为曙光号的客轮五点过后离开塞尔比港，在距离目的地十一公里的地方撞上沙洲。运营公司诺德林表示，船长当时已经减速。\n\
两艘救生艇和一架直升机在三小时内把全部乘客接走。四人擦伤，一名船员手臂骨折，正在当地医院接受治疗。\n\
拖船将在周三晚上涨潮时尝试使客轮脱浅。在此之前，公司安排大巴把乘客送到哈罗角大桥。\n\
海事部门已经展开调查。自从春天疏浚合同被取消以来，这是该航线上的第三起搁浅事故。";

const ARABIC: &str = "جنحت عبّارة على متنها مئتان وأربعة عشر راكبا في ضباب كثيف قبالة جزيرة مارين صباح الثلاثاء، بحسب ما أعلن خفر السواحل.\n\
وكانت العبّارة قد غادرت ميناء سيلبي بعد الخامسة صباحا بقليل واصطدمت بكثيب رملي على بعد أحد عشر كيلومترا من وجهتها، وفق الشركة المشغلة.\n\
وأجلى زورقا نجاة ومروحية جميع الركاب خلال ثلاث ساعات، وعولج أربعة أشخاص من كدمات بينما كسرت ذراع أحد أفراد الطاقم.\n\
وستحاول القاطرات تعويم السفينة عند ارتفاع المد مساء الأربعاء، وحتى ذلك الحين تنقل الشركة المسافرين بالحافلات إلى الجسر.\n\
وفتحت هيئة الملاحة تحقيقا في الحادث، وهو الثالث على هذا الخط منذ إلغاء عقد التجريف في الربيع.";

const RUSSIAN: &str = "Пассажирский паром, на борту которого находились 214 человек, сел на мель в густом тумане у острова Марен рано утром во вторник, сообщила береговая охрана.\n\
«Аурелия» вышла из порта Селби вскоре после пяти часов утра и налетела на песчаную отмель в одиннадцати километрах от места назначения, уточнили в компании «Нордлин».\n\
Два спасательных катера и вертолёт сняли пассажиров за три часа. Четверых человек лечили от ушибов, один член экипажа сломал руку.\n\
Буксиры попытаются снять судно с мели во время прилива в среду вечером. До тех пор компания будет возить людей автобусами до моста.\n\
Морское ведомство начало проверку. Это третий подобный случай на линии с тех пор, как весной был расторгнут договор о дноуглубительных работах.";

/// A text as one outlet prints it.
fn page(id: u64, outlet: &str, title: &str, text: &str) -> Prepared {
    prepare(&Document { id: Id(id), title, text, publisher: Some(outlet), ..Document::default() }, &HashSet::new())
}

/// Paragraphs of a text by their numbers.
fn some(text: &str, which: &[usize]) -> String {
    let all: Vec<&str> = text.lines().collect();
    which.iter().map(|&n| all[n]).collect::<Vec<_>>().join("\n")
}

fn judged(a: (&str, &str), b: (&str, &str)) -> (bool, String) {
    between(("The Ledger", a.0, a.1), ("City Herald", b.0, b.1))
}

fn between(a: (&str, &str, &str), b: (&str, &str, &str)) -> (bool, String) {
    let s = Settings::default();
    let (a, b) = (page(1, a.0, a.1, a.2), page(2, b.0, b.1, b.2));
    let verdict = why(&a, &b, &s);
    assert_eq!(verdict.copy, why(&b, &a, &s).copy, "the order of the two does not matter");
    (verdict.copy, verdict.sentence(&s))
}

fn is_copy((copy, sentence): (bool, String)) {
    assert!(copy && sentence.starts_with("One text"), "{sentence}");
}

fn is_none((copy, sentence): (bool, String), begins: &str) {
    assert!(!copy && sentence.starts_with(begins), "{sentence}");
}

#[test]
fn a_later_version_of_a_live_story_is_a_copy_while_most_of_it_is_the_same() {
    let lead = "All 214 people on a ferry that ran aground off the island of Maren are safe on land, the coast guard said on Tuesday.";
    let later = format!("{lead}\n{}", some(FERRY, &[1, 2, 3, 4, 5, 6]));
    is_copy(judged(("Ferry runs aground off Maren", FERRY), ("All safe after ferry runs aground off Maren", &later)));
    let next_day = "Tugs freed the ferry Aurelia from a sandbank off Maren on Wednesday night, a day and a half after it ran aground with 214 people on board.\n\
        The ship was towed to Port Selby, where divers will look at its rudder. Nordlin hopes to have it back in service in two weeks.\n\
        A crowd of some 300 watched from the pier as the tide lifted the Aurelia shortly before ten.\n\
        The minister of transport, Olav Brandt, said that dredging would begin again next month, and that the state would pay for it.";
    let update = format!("{next_day}\n{}", some(FERRY, &[3, 6]));
    is_none(judged(("Ferry runs aground off Maren", FERRY), ("Tugs free ferry off Maren", &update)), "Two texts: only");
}

#[test]
fn questions_and_answers_reprinted_in_part_are_a_copy() {
    let half = some(QUESTIONS, &[0, 1, 4, 5, 6, 7]);
    is_copy(judged(("Heating grant: your questions answered", QUESTIONS), ("What you need to know about the heating grant", &half)));
}

#[test]
fn a_translation_is_another_text() {
    is_none(judged(("Ferry runs aground off Maren", FERRY), ("Färja på grund utanför Maren", SWEDE)), "Two texts: they have no passage");
}

#[test]
fn two_previews_from_one_template_are_two_texts() {
    let preview = |home: &str, away: &str, day: &str, n: [u32; 6], who: [&str; 4]| {
        format!(
            "{home} host {away} on {day} and will want to put last week's result behind them.\n\
             {home} are {}th with {} points from {} matches. {} has scored {} of their goals, and coach {} is likely to start him again.\n\
             {away} have not won away since {}. {} is suspended after his fifth booking of the season.\n\
             Probable line-ups will be announced an hour before kick-off. Tickets are on sale at the ground and online.",
            n[0], n[1], n[2], who[0], n[3], who[1], who[2], who[3]
        )
    };
    let one = preview("Selby", "Corry Town", "Saturday", [4, 31, 17, 12, 0, 0], ["Marek Dunn", "Paul Orme", "August", "Ivo Lasker"]);
    let two = preview("Larnwick", "Hollin Rovers", "Sunday", [11, 19, 18, 7, 0, 0], ["Joao Serra", "Ken Abbot", "October", "Tim Weller"]);
    is_none(judged(("Selby v Corry Town: preview", &one), ("Larnwick v Hollin Rovers: preview", &two)), "");
    is_none(between(("Sport24", "Selby v Corry Town: preview", &one), ("Sport24", "Larnwick v Hollin Rovers: preview", &two)), "");
}

#[test]
fn death_notices_of_one_undertaker_are_two_texts() {
    let notice = |name: &str, age: u32, born: &str, worked: &str, survivors: &str, church: &str| {
        format!(
            "{name}, {age}, passed away peacefully at home surrounded by family. Born in {born}, {name} worked for many years {worked}.\n\
             Survivors include {survivors}.\n\
             A funeral service will be held at {church}, with visitation one hour before the service. Burial will follow in the parish cemetery.\n\
             In lieu of flowers the family asks that donations be made to the hospice. Messages of condolence may be left on the website of the funeral home, \
             which is in charge of arrangements."
        )
    };
    let one = notice(
        "Agnes Pell",
        91,
        "Corry in 1932",
        "as a nurse at the county hospital",
        "her sons Peter and Hugh and five grandchildren",
        "St Mary's on Friday",
    );
    let two = notice(
        "Harold Stroud",
        78,
        "Westbrook in 1945",
        "on the railway",
        "his wife Joan, a daughter, Clare Mott, and a brother",
        "the Chapel of Rest on Monday",
    );
    is_none(judged(("Agnes Pell", &one), ("Harold Stroud", &two)), "");
    is_none(between(("Post", "Obituary: Agnes Pell", &one), ("Post", "Obituary: Harold Stroud", &two)), "");
}

#[test]
fn a_press_release_under_three_leads_is_one_text() {
    let with = |lead: &str| format!("{lead}\n{}", some(COMPANY, &[1, 2, 3, 4, 5]));
    let papers = [
        ("Velmont to build battery plant in Larnwick", COMPANY.to_owned()),
        (
            "1,200 jobs for Larnwick",
            with(
                "Larnwick can hope for 1,200 new jobs: on the old steelworks site the battery maker Velmont is going to build its fifth factory.",
            ),
        ),
        (
            "Steelworks site finds a buyer",
            with(
                "Nine years after the last furnace went cold there is a future for the steelworks site. The mayor spoke of the best news in a generation.",
            ),
        ),
    ];
    for (i, one) in papers.iter().enumerate() {
        for other in papers.iter().skip(i + 1) {
            is_copy(judged((one.0, &one.1), (other.0, &other.1)));
        }
    }
}

#[test]
fn briefs_in_a_round_up_are_pieces_of_it() {
    let (ferry, plant) = (some(FERRY, &[0, 1, 3]), some(COMPANY, &[0, 1, 3]));
    let own = "The bridge at Corry stays closed until Friday while the rail operator replaces two bearings that inspectors found cracked last week.\n\
        Schools in Westbrook open an hour later tomorrow because of the frost warning, the county said, and buses run to the Sunday timetable.\n\
        The theatre in Sandgate has sold every seat for its opening night, and puts on a second performance on the following afternoon.";
    let round_up = format!("{ferry}\n{plant}\n{own}");
    is_none(judged(("Ferry runs aground off Maren", &ferry), ("The morning in brief", &round_up)), "A piece, not a copy");
    is_none(judged(("Velmont to build plant", &plant), ("The morning in brief", &round_up)), "A piece, not a copy");
}

#[test]
fn a_bad_scan_that_was_cut_too_is_a_copy() {
    let misread = |text: &str| {
        let word = |(n, w): (usize, &str)| match n % 6 {
            1 => w.replace('e', "c").replace("rn", "m"),
            4 => w.replace('l', "1").replace('o', "0"),
            _ => w.to_owned(),
        };
        text.lines().map(|line| line.split(' ').enumerate().map(word).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join("\n")
    };
    is_copy(judged(("Ferry runs aground off Maren", FERRY), ("Fcrry runs agr0und off Marcn", &misread(&some(FERRY, &[0, 1, 2, 3, 5])))));
}

#[test]
fn trimmed_copies_are_told_in_every_script() {
    for (text, title, other) in [
        (CHINESE, "客轮在马伦岛附近搁浅", "二百一十四人脱险"),
        (ARABIC, "جنوح عبّارة قبالة جزيرة مارين", "إجلاء ركاب عبّارة"),
        (RUSSIAN, "Паром сел на мель у острова Марен", "Пассажиров парома сняли с мели"),
    ] {
        is_copy(judged((title, text), (title, &some(text, &[0, 1, 2]))));
        is_copy(judged((title, text), (other, &some(text, &[0, 1, 2, 3]))));
    }
}

#[test]
fn british_and_american_spelling_are_one_text() {
    let british = "The centre of the harbour was grey with dust after the theatre's neighbouring warehouse, which was being dismantled, collapsed on Monday.\n\
        Labour inspectors said the programme of works had been organised hastily and that nobody had analysed the state of the cellar.\n\
        The council apologised to neighbours and cancelled a licence. It promised to honour claims for damage to vehicles with broken tyres within 10 days.\n\
        A counsellor was at the school, where pupils had practised leaving the building. The defence ministry lent two cranes and a colour camera.";
    let american = british
        .replace("centre", "center")
        .replace("harbour", "harbor")
        .replace("grey", "gray")
        .replace("theatre", "theater")
        .replace("neighbour", "neighbor")
        .replace("Labour", "Labor")
        .replace("programme", "program")
        .replace("organised", "organized")
        .replace("analysed", "analyzed")
        .replace("apologised", "apologized")
        .replace("cancelled", "canceled")
        .replace("licence", "license")
        .replace("honour", "honor")
        .replace("tyres", "tires")
        .replace("counsellor", "counselor")
        .replace("practised", "practiced")
        .replace("defence", "defense")
        .replace("colour", "color");
    let (copy, sentence) = judged(("Warehouse collapses at harbour", british), ("Warehouse collapses at harbor", &american));
    is_copy((copy, sentence.clone()));
    assert!(sentence.contains("100 %") || sentence.contains("9"), "spelling costs nothing: {sentence}");
}

#[test]
fn shared_quotes_and_disclaimers_make_no_copy() {
    let quote = "\"We heard a long scraping noise and then the engines stopped,\" said Ines Calloway, a teacher who travels on the route every week. \"Nobody screamed. People reached for their coats.\"";
    let column = format!(
        "There is a kind of calm that only islanders have. It is not courage, and it is certainly not indifference.\n{quote}\n\
         I have crossed that water for thirty years and know the sound she means. My father called it the bay clearing its throat.\n\
         What should worry us is not the fog. It is that the channel has been left to silt up while three ministries argue about who owns the dredger.\n\
         Somebody will have to pay for it. It had better be before the next Tuesday morning, and not after."
    );
    is_none(judged(("Ferry runs aground off Maren", FERRY), ("The calm of islanders", &column)), "Two texts: only");
    let disclaimer = "Past performance is no guide to future returns. The value of investments may go down as well as up, and you may get back less than you put in. \
        This article is for information only and does not constitute advice; readers should consult a qualified adviser before they act on anything that is said in it.";
    let (one, two) = (format!("{}\n{disclaimer}", some(COMPANY, &[0, 1, 3])), format!("{}\n{disclaimer}", some(FERRY, &[0, 1, 5])));
    is_none(judged(("Velmont to build plant", &one), ("Ferry runs aground", &two)), "Two texts: only");
}

#[test]
fn the_same_figures_of_two_months_are_two_texts() {
    let report = |month: &str, rate: &str, last: &str, food: &str, rent: &str, core: &str| {
        format!(
            "Consumer prices rose {rate} per cent in {month} from a year before, after {last} per cent in the month before, the statistics office said.\n\
             Food cost {food} per cent more, rents {rent} per cent. Without food and energy prices rose {core} per cent.\n\
             Economists had expected about as much. The central bank aims at two per cent over the medium term and next decides on interest rates in the coming month.\n\
             The statistics office asks some 2,000 shops and landlords every month what they charge, and weighs the answers by what households spend."
        )
    };
    let (may, june) = (report("May", "3.4", "3.1", "5.2", "2.8", "2.9"), report("June", "2.7", "3.4", "4.1", "2.6", "2.4"));
    is_none(
        between(
            ("Agency", "Inflation quickens to 3.4 per cent in May", &may),
            ("Agency", "Inflation slows to 2.7 per cent in June", &june),
        ),
        "",
    );
}
