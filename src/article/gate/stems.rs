//! What walls talk about: stems by concept, in the languages that are served.
//!
//! A stem is matched where a word begins; `_` stands for a space and a final `.` for the end of the word. Scripts without spaces, and
//! those that write small words together with the next, match anywhere in a word. The lists hold single ideas and no sentences, so
//! that a wall is recognised by what it speaks of and not by a phrase that somebody has seen before.

use Concept as C;

/// An idea that a wall is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Concept {
    /// The reader is spoken to, or asked, or the site speaks of itself.
    Address,
    /// Somebody is quoted or something is reported: what walls do not do.
    Reported,
    /// Cookies, personal data, privacy.
    Data,
    /// To accept, to refuse, to choose.
    Agree,
    /// Subscriptions, trials, members, prices.
    Offer,
    /// To go on reading, to unlock, the whole article.
    ReadOn,
    /// Reserved for some.
    Reserved,
    /// Accounts and logging in.
    Account,
    /// JavaScript.
    Script,
    /// Browsers, their extensions.
    Browser,
    /// To switch on, to require, to reload.
    Enable,
    /// Not there, removed, moved.
    Missing,
    /// A page, an article, a link, an address.
    Page,
    /// Humans, robots, puzzles.
    Human,
    /// To check, to confirm, to prove; security.
    Verify,
    /// Denied, blocked, too many requests; reference numbers.
    Blocked,
    /// A country, a region, a place; licences.
    Region,
    /// Not to be had.
    Unavailable,
    /// Maintenance, back soon.
    Maintenance,
    /// Age and birth.
    Age,
    /// Newsletters and mail.
    Mail,
    /// Apps and stores.
    App,
}

impl Concept {
    /// Every concept, in the order of their numbers.
    #[rustfmt::skip]
    pub const ALL: [Self; CONCEPTS] = [
        C::Address, C::Reported, C::Data, C::Agree, C::Offer, C::ReadOn, C::Reserved, C::Account, C::Script, C::Browser, C::Enable, C::Missing,
        C::Page, C::Human, C::Verify, C::Blocked, C::Region, C::Unavailable, C::Maintenance, C::Age, C::Mail, C::App,
    ];
}

/// How many concepts there are.
pub(super) const CONCEPTS: usize = Concept::App as usize + 1;

/// The stems of each concept; a concept may have several rows.
#[rustfmt::skip]
pub(super) const STEMS: &[(Concept, &str)] = &[
    (C::Address, "palun. teie. meie. kahjuks. lūdzu. jūsu. mūsu. diemžēl. prašome. jūsų. mūsų. deja. molimo. vaš vaše. naš. nažalost. prosimo. vaša. žal. vas. моля. вашия. вашата. нашия. за_съжаление. молимо. ваша. si_us_plau. \
        vostre vostra. nostre. mesedez. click_ tap_ choose_ select_ enter_ bear_with. hold_on. here's. we'd. us_know. klicken. tippen_ wähl_ wählen_ geben_sie. cliquez. appuyez. choisissez. saisissez. rendez-vous_sur. \
        essayez. haga_clic. haz_clic. pulsa. pulse_ elige. elija. introduce_ vuelve. vuelva. consulta_ prueba_ clique. toque_ escolha. digite. volte. clicca. tocca. scegli. inserisci. torna. prova_ нажмите. выберите. \
        введите. вернитесь. зайдите. свяжитесь. напишите. натисніть. оберіть. поверніться. klik_ klikk_ tik_ kies. ga_naar. ga_terug. klicka. välj. gå_till. trykk. velg. gå_til. vælg. tryk. klikkaa. valitse. palaa. \
        kliknij. wybierz. wróć. wpisz. klikněte. vyberte. vraťte. kattints válass lépj térj apasă. alege. tıklayın. seçin. dönün. girin. πατήστε. επιλέξτε. επιστρέψτε. klik_di. pilih. nhấn. chọn. انقر اضغط اختر أدخل \
        عد_إلى לחץ לחצו בחר בחרו חזרו کلیک क्लिक 点击 點擊 点此 返回 選択 クリック タップ 戻る 클릭 선택 돌아가 you'd. hello. welcome. willkommen. bienvenue. bienvenid benvenut bem-vind welkom. välkommen. velkommen. witaj добро_пожаловать. \
        hoş_geldiniz. أهلا مرحبا 欢迎 歡迎 ようこそ 환영 you. you're. you've. you'll. your. yours. yourself. please. we. we're. we've. we'll. our. ours. us. sorry. oops. whoops. thank_you. thanks. let's. bitte. wir. unser uns. \
        dein dich. dir. leider. entschuldig haben_sie. können_sie. möchten_sie. müssen_sie. wenn_sie. dass_sie. sind_sie. sie_können. sie_haben. sie_müssen. sie_sind. ihr_browser. ihrem. ihres. ihnen. klicken_sie. \
        vous. votre. vos. veuillez. nous. notre. nos. désolé merci. usted. ustedes. tu. tus. tú. por_favor. nosotros. nuestr lo_sentimos. puedes. puede_ debes. tienes. disculp lamentamos. você. vocês. nosso nossa nós. \
        desculp tuo. tua. tuoi. tue. ti. noi. nostr ci_dispiace. spiacenti. per_favore. si_prega. puoi. devi. vostr вы. вас. вам. мы. нам. пожалуйста. извините. простите. к_сожалению. ви. будь_ласка. вибачте. на_жаль. \
        ми. uw. jouw. jij. wij. onze. ons. alstublieft. helaas. dig. din. ditt. dina. vi. oss. våra. vänligen. tyvärr. deg. våre. vores. vennligst. venligst. desværre. beklager. dessverre. sinun. voit. meidän. \
        ole_hyvä. valitettavasti. pahoittelemme. twój twoj twoim państw prosimy. proszę. nasz przepraszamy. możesz. niestety. vás. vám. váš prosím. náš naše. omlouváme můžete. bohužel. kérjük. sajnáljuk. ön. önt. \
        dumneavoastră. vă. rugăm. nostru. rău. siz lütfen. bizim. üzgünüz. maalesef. σας. παρακαλ εμείς. μας. λυπούμαστε. δυστυχώς. anda. kami. silakan. maaf. mohon. bạn. vui_lòng. chúng_tôi. xin_lỗi. يرجى الرجاء عذرا \
        عذرً نعتذر نحن لديك متصفحك يمكنك אנא שלך סליחה אנחנו لطفا شما متأسفیم आप कृपया क्षमा 您 你 请 請 我们 我們 抱歉 对不起 ください お客様 あなた 申し訳 お願い 당신 귀하 세요 십시오 죄송 저희 du_kannst. du_hast. du_bist. du_musst. du_willst. du_möchtest. \
        hast_du. bist_du. willst_du. kannst_du. u_kunt. u_heeft. u_bent. u_wilt. u_moet. als_u. dat_u. kunt_u. heeft_u. bent_u. je_kunt. je_hebt. je_bent. je_wilt. als_je. dat_je. kun_je. heb_je. ben_je. wil_je. \
        we_apologi apologies_for tell_us. type_the. type_in. type_your. come_back. go_back. give_us. take_me. dear_reader hi_there. hey. uh-oh. hmm. ooh. oh_no. welcome_to. try_again. try_one try_the. try_our. try_a. \
        see_our. visit_our. for_the_time_being. are_you. do_you. did_you. have_you. if_you. who_goes. revenez. répondez. acceptez. indiquez. identifiez. patientez. réessayez. vérifiez. autorisez. cochez. complétez. \
        entrez. profitez. découvrez. rechargez. retournez. utilisez. inscrivez. consultez. retrouvez. continuez. recevez. créez. pouvez. devez. avez. êtes. souhaitez. cherchez. recherchez. écrivez-nous. je_m'inscris. \
        je_m'abonne. j'accepte. dites-nous. aidez-nous. su_navegador su_cuenta su_dispositivo su_equipo su_suscripci su_edad su_país su_región su_correo su_clave su_contraseñ su_red. su_buzón su_solicitud su_conexión \
        tu_navegador has_agotado ha_agotado has_alcanzado ha_alcanzado has_llegado. has_leído. ha_leído. intente. inténtel revise. confirme. indique. acepte. regístrese. suscríbase. suscríbete. regístrate. quieres. \
        quiere_seguir. buscas. ha_seguido. estás. vaya_a. ve_a. díganos. escríba escríbenos. tente. aceite. assine. cadastre-se. faça_ baixe. receba. está_a_tentar está_tentando chegou_ao. atingiu_o leia_ aguarde. \
        experimente. diga-nos. escreva-nos. o_seu_navegador procura. quer_continuar. hai. sei_già. ricevi. cerchi. riprova. vuoi. stai_cercando. ti_colleghi vai_a. ci_vediamo. scrivici. dicci. hai_già. оформите. \
        обновите. включите. разрешите. подтвердите. попробуйте. подождите. укажите. получите. получайте. узнайте. пройдите. проверьте. перейдите. откройте. скачайте. установите. оставьте. согласитесь. \
        зарегистрируйтесь. авторизуйтесь. прочитайте. хотите. можете. ищете. подпишитесь. оновіть. увімкніть. дозвольте. підтвердьте. спробуйте. зачекайте. вкажіть. отримуйте. перейдіть. відкрийте. завантажте. \
        зареєструйтесь. шукаєте. передплатіть. spróbuj. sprawdź. potwierdź. zaloguj. włącz. odśwież. poczekaj. podaj. pobierz. chcesz. szukasz. musisz. masz_już. przejdź. dołącz_do. napisz_do wyczerpałeś wyczerpałaś \
        wykorzystałeś ciebie. tobie. zkuste. ověřte. potvrďte. přihlaste. zadejte. stáhněte. vyčkejte. povolte. zapněte. chcete. hledáte. musíte. pokračujte. kupte_si. napište_nám. igazolja. adja_meg. próbálja. \
        kattintson. jelentkezzen. lépjen. engedélyezze. frissítse. várjon. térjen. írjon. încercați. introduceți. confirmați. reveniți. accesați. activați. dvs. doriți. probeer. bekijk. meld_je. meld_u. word_lid. \
        word_abonnee. vul_ controleer. wacht_even. ontvang. försök_igen. bekräfta. vänta. prova_igen. gå_tillbaka. prøv. bekreft. bekræft. vent_litt. vent_venligst. yritä. vahvista. odota. lataa. kokeile. deneyin. \
        doğrulayın. güncelleyin. kapatın. okuyun. indirin. kaydolun. abone_olun. bize. bizi. bağlantınız tarayıcınız isteğini hesabınız cihazınız aboneliğiniz yaşınız ülkeniz bölgeniz aradığınız erişiminiz istediğiniz \
        abonelerimiz okurlarımız sitemiz sistemimiz sayfamız duvarımız お読み お使い ご利用 ご覧 ご確認 お選び お手数 ご希望 ご登録 ご了承 ご入力 いただけ いただく いただき ですか ませんか お届け お楽しみ 本站 本网站 本網站 当サイト 弊社 当社 바랍니다 주세요 합니까 입니까 하십니까 이신가요 시겠습니까 تريد اشترك سجل_ \
        تبحث انتقل لقد_وصلت جهازك اتصالك طلبك بريدك هل_ أنت_ אתם אתה שלכם שלנו נסו_שוב ваш. ваше. ваши. вашу. вашем вашей вашего вашим вашему наш. наша. наше. наши. нашу. нашем нашей нашего нашим нашему вашої вашого \
        вашому нашої нашого нашому vår. vårt. seu_navegador sua_conta sua_assinatura seu_e-mail sua_idade seu_acesso sua_região seu_país sua_conexão sua_rede seu_dispositivo sua_senha suas_preferências seus_dados \
        seu_plano seu_cadastro te_quedan te_damos te_enviamos te_ofrecemos te_pedimos te_avis te_has te_invit pour_vous. it's_not_you. not_you."),
    (C::Reported, "said. says. told. according_to. announced. reported. spokes minister president police court council officials. yesterday. sagte. teilte laut. erklärte. mitteilte. polizei am_montag. am_dienstag. am_mittwoch. \
        am_donnerstag. am_freitag. am_samstag. am_sonntag. ministerium bürgermeister a_déclaré. selon. a_annoncé. a_indiqué. lundi. mardi. mercredi. jeudi. vendredi. samedi. dimanche. ministre maire. dijo. según. \
        anunció. afirmó. informó. lunes. martes. miércoles. jueves. viernes. ministro alcalde gobierno ha_detto. ha_annunciato. secondo_ lunedì. martedì. mercoledì. giovedì. venerdì. sindaco governo disse. afirmou. \
        segundo_o. segundo_a. anunciou. segunda-feira. terça-feira. quarta-feira. quinta-feira. sexta-feira. prefeit câmara сказал сообщ заявил понедельник в_среду. вторник четверг в_пятницу. в_субботу. в_воскресенье. \
        полиц губернатор повідом заявив понеділок вівторок четвер zei. volgens. maandag. dinsdag. woensdag. donderdag. vrijdag. politie burgemeester sade. säger. enligt. måndag tisdag onsdag torsdag fredag sa_ ifølge. \
        mandag tirsdag politiet sanoi. mukaan. powiedział według poinformował poniedział wtorek w_środę. czwartek piątek řekl uvedl podle_ pondělí úterý středu čtvrtek pátek mondta közölte a_declarat potrivit dedi. \
        açıkladı. söyledi. belirtti. pazartesi. salı. çarşamba. perşembe. δήλωσε ανακοίνωσε kata_ mengatakan menurut cho_biết أعلن أكد وفق צוין אמר گفت कहा 表示 报道 報道 宣布 述べ 発表 によると 말했 밝혔 따르면 fined. sued. ruled. \
        convicted. sentenced. arrested. charged_with killed. injured. died. dies. voted. elected. resigned. appointed. won. wins. beat. defeated. scored. crashed. rescued. spokesman. spokeswoman. residents. \
        firefighters. authorities. mayor. government. parliament lawmakers. million. billion. per_cent. percent. researchers. scientists. found_a found_in found_on found_the rose_by fell_by will_cost. launched. \
        last_week. last_month. last_year. this_morning. retired. retires. was_born. has_sold were_sold customers_of overturned. unveiled. goal. goals. half. season. prices. apologised. apologized. verhängt. verurteilt. \
        festgenommen. verletzt. getötet. gestorben. starb. gewann. siegte. gewählt. sprecher behörde feuerwehr regierung millionen. prozent. einwohner. forscher wissenschaftler vergangene letzte_woche. gestern. \
        heute_morgen. hat_sich. wurde_am. wurden_am. niemand_wurde lahm. condamné arrêté_ blessé tué. décédé. décès élu. démissionn remporté. sanctionn infligé amende. porte-parole. préfecture pompiers. gouvernement \
        habitants. millions. milliards. chercheurs. hier. la_semaine_dernière. inaugur pendant_les_travaux. la_compagnie. multa multó condenó detuvo detenid heridos. murió falleci ganó. venció dimitió portavoz \
        ayuntamiento vecinos. bomberos. millones. por_ciento. investigadores. ayer. cerró abrió jubila tras_ condannat arrestat ferito feriti morto. muore. morì ha_vinto sconfitt eletto. dimess portavoce. vigili_del \
        residenti. milioni. miliardi. per_cento. ricercatori. ieri. aveva_ multou condenou detido feridos. morreu. faleceu. venceu. ganhou. porta-voz. moradores. bombeiros. milhões. por_cento. pesquisador ontem. após_ \
        оштраф суд_ приговор задержа пострада погиб скончал умер. выиграл победил избран. открыли_ нашли_ чиновник жители. жителей. пожарн миллион миллиард процент учёные ученые вчера. передадут передали засуд затрима \
        постражд загинул помер. переміг мешканц пожежн мільйон мільярд відсот вчора. знайшли_ ukarał skazał zatrzyma rannych zginę zmarł wygrał pokonał rzecznik mieszkańc strażac milion miliard procent naukowc wczoraj. \
        spłonął ucierpiał veroordeel gearresteerd gewond overleden versloeg woordvoerder inwoners. brandweer miljoen miljard onderzoekers. gisteren. dömdes. greps. skadad dog. vann. talesperson invånare. miljoner. \
        miljarder. forskare. igår. i_går. invig dømt. pågrepet anholdt døde. vant. vandt. talsperson innbygger indbygger millioner. milliarder. prosent. tuomittiin pidätet loukkaantu kuoli. voitti. valittiin tiedottaja \
        asukkaat miljoonaa. prosentti eilen. odsoudil zadrže zraněn zemřel vyhrál porazil mluvčí hasiči vědci včera. ítélt letartóz sérült meghalt nyert. szóvivő lakos tűzoltó millió milliárd százalék kutató tegnap. \
        condamnat arestat rănit murit. câștigat purtător locuitor milioane miliarde la_sută cezası tutuklandı gözaltı yaralı öldü. kazandı. sözcü itfaiye milyon milyar yüzde. araştırmac dün. καταδικ συνελήφθ τραυματ \
        πέθανε. κέρδισε. εκπρόσωπος κάτοικ εκατομμύρ χθες. وزير الشرطة محكمة مليون قتل أصيب توفي الحكومة السلطات משטרה ממשלה מיליון נהרג נפצע 昨日 记者 記者 市长 警方 法院 万元 亿元 通车 比原计划 警察 れた。 った。 という。 万人 百人 기자 경찰 정부 법원 만원 억원 했다 \
        됐다 였다 been_found. was_found were_found was_thought museum. on_sale. قالت_ وقال_ survived_by turned_down"),
    (C::Data, "küpsis privaatsus isikuandm sīkdat privātum slapuk privatum kolačić privatnost piškotk zasebnost súbory_cookie súkromi бисквитк поверителност колачић приватност galetes privadesa third-part profiling. track_ \
        track. tracked. pixels. local_storage. information_is_placed. lgpd. eprivacy. rastre aparelho registros_de_naveg navegação. navegación. navigazione. terminal_equipment. surf ad_partners. traccia traçage \
        suivi_publicitaire nachverfolg tracken. volgen. spåra sledován śledz отслежив відстеж izleme. 追踪 追蹤 追跡 トラッキング 추적 device. devices. ads. adverts. ad-free. werbefrei endgerät dispositiv appareils. apparaat enhed \
        urządzen устройств cihaz fornitori. proveedores. fournisseurs. anbieter. annunci. annonces. geolocali vendor cookie personal_data. personal_information. privacy. gdpr. ccpa. tracking. trackers. data_protection \
        advertising. personalis personaliz legitimate_interest third_part vendors. partners. purposes. datenschutz privatsphäre personenbezogen dsgvo werbung. partner. partnern. zwecke drittanbieter tracking traceurs. \
        vie_privée. données partenaires. rgpd. publicité personnalis finalités. privacidad. datos_personales. datos_ socios. terceros. publicidad. finalidades. dados_ parceiros. anúncios. terceiros. dati_personali. \
        dati_ informativa. partner_ pubblicità. personalizz куки. файлы_cookie персональн конфиденциальн данных. данные. партнер приватн персональ даних. партнери. privé persoonsgegevens gegevens advertenties. \
        doeleinden integritet personuppgifter annonser personvern personoplysninger privatliv annoncer evästee evästei tietosuoj yksityisyy plik[aioó] ciastecz prywatnoś danych reklam soubor[yůů] osobní soukromí údaj \
        sütik sütit adatvédel adatok date_cu confidenț çerez kişisel gizlilik verileri. απορρήτ δεδομέν privasi. data_pribadi. riêng_tư. ملفات_تعريف الارتباط الخصوصية البيانات_الشخصية בעוגיות עוגיות פרטיות کوکی \
        حریم_خصوصی कुकी गोपनीयता 隐私 隱私 个人信息 個人資料 クッキー プライバシー 個人情報 쿠키 개인정보 개인_정보 identifier identifiers. kennung identifiants identifiant_ identificador identificatori identyfikator идентификатор ідентифікатор 标识 標識 識別子 \
        利用状況 閲覧データ 閲覧履歴 端末に 设备上 設備上 広告の 投放广告 提携先 提携企業 合作伙伴 合作夥伴 small_file text_file on_your_device. your_device. auf_ihrem_gerät ihrem_gerät auf_deinem_gerät votre_appareil su_equipo su_dispositivo tu_dispositivo \
        seu_dispositivo tuo_dispositivo twoim_urządzeniu вашем_устройстве вашому_пристро på_enheten din_enhet din_enhed cihazınız annonsør annoncør annonsör advertiser reclameur reklamcı adtech. audience_measure \
        reichweitenmess mesure_d'audience medir_la_audiencia misurare_la targeted_ad usage_data nutzungsdaten werbefinanz"),
    (C::Agree, "nõus nõusole piekrīt piekriš sutink prihvać pristan suglas sprejm soglas súhlas prija приемам приема съглас прихват сагласн accepteu accepta no_thanks. let_us_ decide. allowed. required_by_law. your_choice. \
        your_say. entscheid choisir. décid elegir. decidir. decide_ escolher. scegliere. выбрать. выбор. vælge. kiezen. keuze. välja. wybór. výběr. 选择 選擇 say_yes. say_no. permit permett permess permís permis. erlaub \
        autoris autoriz toesta pozwól ok. okay. accept agree consent. consents. consenting. reject decline refuse allow_all. allow_ preferences. manage_ settings. choices. opt-out. opt_out. got_it. withdraw zustimm \
        einwillig einverstanden akzeptier ablehn einstellungen. verwalten. auswahl widerruf accepter. acceptez. accepte. acceptant. accord. refuser. refusez. consentement. consentez. paramétr paramètres. gérer. \
        préférences. choix. acept rechaz consentimiento. configur preferencias. gestionar. opciones. aceit recus consentimento. concord preferências. gerir. gerenciar. accett rifiut consenso. acconsent preferenze. \
        gestisci. impostazioni. personalizza. принять. принима соглас отклон настро разреш прийня погодж згод відхил налашт accepteer accepteren. akkoord. toestem weiger instellingen. voorkeuren. beheer acceptera \
        godkänn samtyck avvisa neka. inställning godta. aksepter samtykk avvis. avslå. innstilling indstilling hyväksy hylkää. kieltäydy. suostumu asetuks akceptuj zgod odrzuć ustawieni preferencj zarządzaj přijm \
        souhlas odmítn nastaven elfogad hozzájárul elutasít beállítás acceptă respinge. setări consimț kabul onay reddet. ayarlar. tercih αποδοχ αποδέχ συναίνε απόρριψ ρυθμίσεις. setuju. terima. tolak. pengaturan \
        đồng_ý. chấp_nhận. từ_chối. cài_đặt. قبول موافق أوافق رفض إعدادات הסכמ מסכים אישור הגדרות پذیرش موافقت स्वीकार सहमत 同意 接受 拒绝 拒絕 设置 設定 同意する 許可 拒否 동의 수락 거부 설정 fine_by_me. yes_please. i_understand. understood. \
        essential_only necessary_only only_necessary only_essential nur_notwendig nur_essenziell solo_necesari solo_necessari nécessaires_uniquement 必要なもの すべて許可 いずれか 仅必要 全部接受 全部允许 모두_허용 동의함 va_bene. d'accord. tamam. \
        greit. in_ordnung. alles_klar. dürfen_wir may_we. can_we. podemos_guardar"),
    (C::Offer, "tellimus telli_ abonē prenumerat pretplat naročnin naročit predplatn абонамент абонир претплат subscriu paid_ paying. payers. supporters. backers. patrons. gift_ e-paper. epaper. digital_edition. offer_ends. \
        kostenpflichtig bezahlt bezahlen. bezahlangebot. payant pago. de_pago. paga_ pagament a_pagamento. платн оплат betaald betalen. betalende. betal_ płatn odpłatn placen zaplat fizetős. plătit plat_ ücretli. \
        πληρωμ berbayar. trả_phí. مدفوع בתשלום पेड 付费 付費 課金 결제 유료 current_plan. your_plan. upgrade. joined. join_ join. за_месяц. месяц_стоит рублей. kr_i. kr_per. per_year. a_year. a_month. /_month. free_trial. \
        for_readers_who. support_us. club day_pass. bundle. billed. renew auto-renew introductory cancel_ cancel. for_free. per_maand. subscription. one_month. first_month. €/ subscri trial. membership. member. \
        members. members-only. premium. unlimited. per_month. a_week. per_week. /month. cancel_any cancel_at. digital_access. full_access. all_access. plans. join_us. join_today. free_article support_our monthly. abo. \
        abos. abonne abonni digital-abo. plus-abo. probeabo. probemonat. pro_monat. im_monat. monatlich testen. kündbar. angebot. abonné abonnement. abonnez-vous. abonnez. s'abonner. par_mois. sans_engagement. essai. \
        offre. offres. suscri suscrí al_mes. prueba. oferta. socio. socios. assin por_mês. /mês. teste. abbona al_mese. prova_ offerta. подпис тариф в_месяц. передплат на_місяць. abonnee abonneer proef proberen. prenum \
        per_månad. kr/mån. provmånad. i_måneden. per_måned. tilaa. tilaaj tilaukse kuukau subskry prenumer abonament miesięcznie. za_zł. wykup. předplat předplatn měsíčně. előfizet havonta. abona abonează abonelik \
        abone. aylık. üye συνδρομ langgan gói_ hội_viên. اشترك اشتراك للمشتركين المشتركين מנוי מנויים اشتراک सदस्यता 订阅 訂閱 会员 會員 有料 購読 会員 月額 구독 회원 월정액 package. packages. insider. people_who_pay pay_for_this pay_to. \
        paid-up. tarife. tarif_ paket. bezahlbereich bezahlinhalt bezahlschranke aufgebraucht. épuisé. agotado. ha_agotado esaurit esgotou esgotad wyczerpał wykorzystał исчерпа вичерпа used_up used_all. premier_mois \
        mois_offert primer_mes primeiro_mês primo_mese ersten_monat erster_monat. micropayment buy_this buy_the_article single_article single_issue artikel_kaufen acheter_cet comprar_esta acquista_ за_рубл руб. 订阅用户 订户 \
        購読者 購読者の 구독자 abonelerimiz abonelere. abonnenten_ abonnés. abonnenter. prenumerant subskrybent předplatitel előfizető tilaajille. tilaajat. complimentary on_the_house options_from a_week_for first_week \
        first_three_months first_six_months first_twelve pay_as_you weekend_paper paper_delivered print_edition gratis_monat gratuit_pendant gratis_durante gratuito_per бесплатно_перв za_darmo_przez costs_you it_costs. \
        buy_it. price_of_a. than_a_coffee. chi_ci_sostiene quienes_nos_apoyan qui_nous_soutien die_uns_unterstützen hágase_socio hazte_socio devenez_membre diventa_socio werden_sie_mitglied mitglied_werden stań_się_ \
        staňte_se try_our try_it_ try_it. try_for try_free try_us. try_premium try_digital than_a_cup"),
    (C::ReadOn, "loe_edasi. edasi_lugeda. lasīt_tālāk. skaityti_toliau. nastavak_čitanja. nastavite_čitati. beri_dalje. čítať_ďalej. прочети_още. четене. наставите_читање. continua_llegint. beyond_this. past_this. further. \
        from_here. above_is. the_remaining. remaining_ to_go_on. weiter_geht. ab_hier. à_partir_d'ici. desde_aquí. a_partir_daqui. da_qui. отсюда. остальн решта vanaf_hier. härifrån. stąd. odtud. innen. 以下は ここから \
        the_rest. want_more. want_the. read_more. go_on_reading. дальше. продолжен далее. dalej. suite_de. il_resto. el_resto. o_resto. den_rest. de_rest. resten_av. продовжен içeriğin_tamamı preview. free_preview. \
        rest_of_the. behind_the. fortsetz weiter_lesen. vorschau. aperçu. vista_previa. anteprima. prévia. voorproef предпросмотр podgląd önizleme. 预览 試し読み 미리보기 continue_reading. keep_reading. read_on. reading. \
        to_read. unlock full_stor full_article. full_text. full_version. whole_stor whole_article. entire_article. complete_article. rest_of. read_the_rest. read_the_full. read_this. read_all. finish_reading. \
        free_limit. articles_left. article_left. your_limit. limit_of. articles_remaining. articles_this_month. free_articles. last_free. story_continues. every_story. access_to. weiterlesen. weiterzulesen. freischalt \
        ganzen_artikel. ganze_artikel. vollständig zugriff zugang. alle_artikel. alle_inhalte. restlich artikel_lesen. zu_lesen. lire_la_suite. lire_cet. poursuivre continuer lecture. pour_lire. la_suite. en_intégral \
        intégralité. tous_nos_articles. débloqu accéder accès. il_vous_reste. seguir_leyendo. continuar_leyendo. leer_ leyendo. nota_completa. artículo_completo. noticia_completa. contenido_completo. desbloque acced \
        acceso. límite. continuar_lendo. continuar_a_ler. ler_ lendo. leitura. matéria_completa. artigo_completo. na_íntegra. desbloqu acess limite_de. continuare_a_legg continua_a_legg leggere. leggi_tutt lettura. \
        articolo_completo. articolo_intero. sblocc accesso. читать_дал дочитать. читайте_дал чтобы_читать. чтобы_прочит прочитать полный полност полную доступ. лимит читати_далі. повний повну verder_lezen. lees_verder. \
        verder_te_lezen. hele_artikel. volledige toegang. lezen. läsa läs_vidare. läs_hela. hela_artikeln. obegränsad tillgång. lås_upp. lese_vider les_videre. hele_saken. hele_artikkelen. tilgang. lese_ læs_videre. \
        læse_ adgang. lukea. jatka_lukemista. koko_jutun. koko_artikkel czytaj_dalej. czytać_dalej. przeczytać całość. cały_artykuł. pełn dostęp odblokuj číst_dál. dočíst celý_článek. přístup odemk tovább_olvas \
        teljes_cikk hozzáfér citi_ continuarea. articolul_complet acces_ okumaya. okumak. devamını. tamamını. sınırsız. kilidini. συνέχεια. ανάγνωσ διαβάσ πλήρ baca_selengkap membaca. lengkap. đọc_tiếp. đọc_toàn \
        toàn_bộ. لمتابعة_القراءة متابعة_القراءة قراءة المقال_كامل كاملا כתבה_המלאה להמשך_קריאה ادامه पूरा पढ़ 继续阅读 繼續閱讀 全文 解锁 解鎖 続きを 続きは 全文を 記事を読む 残り 계속_읽 전체_기사 전문을 이어서 what_comes_next comes_next. see_the_rest \
        see_more. view_full. get_access instant_access finish_this the_whole_thing целиком. прочесть чтобы_увидеть la_fin_de para_leer. para_seguir. para_continuar. leia_mais leia_na termine_de per_leggere \
        per_continuare to_see_the for_the_rest この先 本文は 阅读全文 查看全文 全部内容 더_보기 읽으려면 보시려면 om_verder. devamı_için okumaya_devam free_this_week free_pieces free_stories articles_gratuits articoli_gratuiti noticias_gratuit \
        textos_grátis artigos_gratuitos freie_texte freien_texte freie_artikel freien_artikel darmowych_tekst darmowych_artyk бесплатных_мат бесплатных_стат gratis_artikel gratis_artikler free_article \
        this_article_opens continue_the continue_with the_story_continues le_récit_continue la_historia_sigue la_storia_continua to_be_continued. more_words. behind_this_line free_part la_suite_vous il_resto_è \
        el_resto_es o_resto_é der_rest_ist dalsza_część další_část a_folytatás folytatáshoz jatkuu_tilaaj juttu_jatkuu fin_de_la_lectura تابع_القراءة تابع_قراءة 阅读本文 閱讀本文 阅读更多 完整阅读 继续读 再阅读 后阅读 即可阅读"),
    (C::Reserved, "kept_for. for_those_who. reserved. only_for. for_subscribers. for_members. subscribers_only. members_only. subscriber-only. exclusive_ exclusively. restricted. limited_to. vorbehalten. exklusiv nur_für. réservé \
        exclusi reservad solo_para. sólo_para. solo_per. riservat somente_para. apenas_para. только_для. только_зарег доступно_только. эксклюзив лише_для. тільки_для. alleen_voor. exclusief voorbehouden endast_för. \
        kun_for. forbehold vain_ tylko_dla. wyłącznie pouze_pro. jen_pro. csak_ numai_pentru. doar_pentru. özel. sadece. μόνο_για. αποκλειστικ hanya_untuk. khusus. dành_cho. dành_riêng. للمشتركين فقط حصري בלבד केवल 仅限 \
        僅限 专享 限定 専用 전용 open_only. only_to. only_people. only_with. only_registered only_subscribers only_members nur_mit. gehört_zum. fait_partie_de_l'offre est_réservé solo_suscriptores solo_abonados sólo_abonados 方のみ \
        のみご覧 仅对 仅供 只对 만_볼_수 만_이용 yalnızca. yalnız. voor_abonnees. för_prenumeranter. for_abonnenter. for_abonnementer. tilaajille pro_předplatitele előfizetőknek pentru_abonați dla_prenumeratorów dla_subskrybentów \
        для_подписчик для_передплатник"),
    (C::Account, "logi_sisse. kasutajakont parool ielogo konts prisijun paskyr prijavi_se. prijavite račun lozink geslo prihlás účet. влезте. парола. профил пријав налог лозинк inicia_la_sessió. compte timed_out. inactivity. \
        log_yourself. your_details. sign_back. registrierung. kostenlos_registr mitglied bei_uns_anmeld compte_gratuit. cuenta_gratuita. conta_gratuita. account_gratuito. бесплатн_регистр gratis_account. gratis_konto. \
        darmowe_konto. bezplatn ingyenes ücretsiz_ miễn_phí. مجان חינם 免费注册 無料 무료 signed_out. logged_out. log_back. your_session. session. abgemeldet. sitzung. déconnecté sesión. sessão. sessione. сеанс sesja sesji \
        oturum kundennummer. customer_number. welcome_back. inloggen. 会话 セッション 세션 log_in. login. logged_in. log_on. sign_in. signed_in. sign_up. register. registered. registration. registering. account. accounts. \
        password. username. user_name. create_a_free forgot_ remember_me. anmeld anzumelden. angemeldet. einlogg registrier konto. passwort. kennwort benutzer se_connecter. connectez connexion. connecter. connecté. \
        identifi inscri compte. mot_de_passe. créer_un. créez iniciar_sesión. inicia_sesión. inicie_sesión. regístr registr cuenta. contraseña. crear_una. crea_una. usuario faça_login. fazer_login. iniciar_sessão. \
        entrar. conta. senha. palavra-passe. cadastr registe accedi. effettua_il. registrat crea_un. iscri войти. войдите. авториз регистр аккаунт учетн учётн пароль. увійти. увійдіть. реєстр обліков inlog aanmeld \
        registreer wachtwoord logga_in. loggat_in. inlogg registrera lösenord. skapa_ logg_inn. innlogg registrer passord. log_ind. adgangskode. brugernavn opret_ kirjaudu kirjautu rekisteröi tili. tunnus salasana \
        zaloguj logowan zarejestruj rejestracj kontem. konta. hasło załóż_ přihlá přihlas registru účet účtu heslo bejelentkez regisztrá fiók jelszó autentific conectează conectare. înregistr cont_ parol giriş_yap. \
        oturum_aç üye_ol. kayıt hesap hesab şifre συνδεθ σύνδεση. εγγραφ λογαριασμ κωδικ masuk. daftar. akun. sandi. đăng_nhập. đăng_ký. tài_khoản. mật_khẩu. تسجيل_الدخول سجل_الدخول تسجيل سجّل حساب كلمة_المرور התחבר \
        הרשמ להירשם חשבון סיסמ ورود ثبت‌نام حساب_کاربری लॉग_इन लॉगिन साइन_इन पंजीकर 登录 登入 登錄 注册 註冊 账号 账户 帳號 密码 密碼 ログイン 登録 アカウント パスワード 로그인 가입 계정 비밀번호 credenziali. credenciales. credentials. identifiants_de ta_clé clave. \
        usuario_y логин пин-код one-time einmalcode login-link magic_link phone_number 手机号 帳戶 メールアドレス 会員登録 회원가입 registered_readers we_send_you_a code_we inactive. inaktiv. inactif inactivité inactividad inattività \
        неактивн you_joined. espace_membre área_de_cliente area_riservata личный_кабинет особистий_кабінет kundenbereich kundenkonto mein_konto my_account min_side mijn_account вход_в. вход_для. вхід_до. вхід_для."),
    (C::Script, "script. scripts. scripting. skript betik сценари скрипт ecmascript secuencias_de_comandos. 脚本 腳本 スクリプト 스크립트 javascript java_script js. جافا_سكريبت جافاسكريبت جاوااسکریپت जावास्क्रिप्ट 자바스크립트 skrypt scriptin. \
        scriptek."),
    (C::Browser, "firefox chrome. safari. user_agent. webview blockers. blocker. blocker blokkeer 拡張機能 browser brauser navigateur. navegador navegad браузер prohlížeč przeglądar böngész selain webbläsar nettleser tarayıc \
        πρόγραμμα_περιήγησης περιηγητή peramban. trình_duyệt. المتصفح متصفح דפדפן مرورگر ब्राउज़र 浏览器 瀏覽器 ブラウザ 브라우저 ad_block adblock ad-block werbeblock bloqueur bloqueador блокировщик extension. extensions. \
        erweiterung browsers. aktuellen_browser version_ ad_blocker. блокувальник werbeblocker. reklam_engelley reklamblock reklameblok 广告拦截 広告ブロック 광고_차단"),
    (C::Enable, "loading. still_loading. not_supported. too_old. wird_geladen. lädt. chargement. cargando. carregando. caricamento. загрузка. загружа завантажен aan_het_laden. laddar. laster. indlæser. ladataan. ładowanie. \
        načítání. betöltés. se_încarcă. yükleniyor. φόρτωση. memuat. đang_tải. جار جاري טוען بارگذاری लोड 加载 載入 読み込み中 로딩 불러오 enable enabling activat turn_on. turn_it. turned_on. switch_on. switched_on. turned_off. \
        switched_off. disabled. disable require need_ needs. necessary. reload refresh doesn't_support. does_not_support. supports. supported. unsupported. outdated. without_ aktivier benötig deaktiviert. einschalt \
        eingeschaltet. ausgeschaltet. neu_laden. lade_ laden_sie. ohne_ erforderlich. unterstütz veraltet active activez désactiv nécess requis recharg actualis rafraîch habilit activ necesit requier recarg actualiz \
        deshabilit desactiv ativ precisa necess recarreg atualiz abilit attiv disabilit disattiv richied necessari ricaric aggiorn включ отключ выключ требу необходим обнов перезагруз увімк вимк потріб оновіт inschakel \
        uitgeschakeld vereist nodig vernieuw herlaad aktivera slå_på. avstängt kräv ladda_om. krävs. aktiver slå_til krever kræver deaktivert last_inn. genindlæs nødvendig ota_käyttöön. käytöstä vaati tarvit päivit \
        włącz wyłącz wymag odśwież zapnět povolt vypnut vyžad obnovte engedélyez kapcsolja szükség frissít activaț dezactivat necesită reîncărca etkinleştir devre_dışı gerek yenile ενεργοποι απενεργοποι απαιτ ανανέωσ \
        aktifkan nyalakan. diperlukan muat_ulang. bật_ yêu_cầu tải_lại. تفعيل تمكين معطل يتطلب تحديث להפעיל הפעל נדרש מושבת רענן فعال غیرفعال सक्षम चालू 启用 開啟 开启 啟用 禁用 停用 需要 刷新 有効 無効 必要 再読み込み 更新し 활성화 비활성 필요 새로고침 켜 \
        demasiado_antiguo trop_ancien troppo_vecchio muito_antig устарел застарі za_stara. for_gammel. zu_alt. 过低 版本过低 升级您的 古い try_another. whitelist. s'affiche. nicht_geladen. konnte_nicht_geladen not_loading. \
        fails_to_load from_loading."),
    (C::Missing, "ei_leitud. ei_eksisteeri. nav_atrast neatrad nerast neegzist nije_pronađen ne_postoji. ni_bil ni_mogoče_najti. ne_obstaja. nenašl neexistuje. не_е_намер не_съществува. није_пронађ не_постоји. no_s'ha_trobat. \
        no_existeix. no_such. dead_end. nowhere. can't_be_found. couldn't_be_found. isn't_there. not_there. wrong_address. spelling. mistake_in. sackgasse. falsche_adresse. impasse. faute_de_frappe. error_de_escritura. \
        erro_de_digit refuso опечатк нет_такой. typfout. felstav skrivfeil literówk překlep elírás nothing_to_see. ended. verlopen. verwijderd. niets_te. stond. abgelaufen. expiré caduc scadut vencid expirad удалён. \
        истёк истек wygasł not_found. not_be_found. can't_find. cannot_find. can_not_find. couldn't_find. could_not_find. unable_to_find. can't_seem. couldn't_locate. can't_locate. unable_to_locate. nothing_here. \
        nothing_was_found. doesn't_exist. does_not_exist. no_longer. not_exist. never_existed. removed. deleted. expired. moved. mistyped. misspelled. typo. broken. dead_link. gone. vanished. disappeared. missing. \
        lost. taken_down. isn't_here. not_here. unpublished. withdrawn. retracted. 404 410 nicht_gefunden. nicht_mehr. nicht_finden. existiert existieren gelöscht. entfernt. verschoben. umgezogen. gibt_es \
        nicht_vorhanden. vertippt. verschwunden. introuvable. n'existe existe_plus. non_trouvé pas_trouv trouvons. retrouv trouver. supprimé déplacé disparu n'est_plus. erronée. no_encontr no_existe. no_se_encontr \
        no_se_encuentra. encontramos. no_hemos. hemos_podido. eliminad movid borrad ya_no. caducad desaparec não_encontr não_existe. não_foi removid apagad já_não. mais_existe. não_está_mais. inexistente. non_trovat \
        non_esiste. trovare. rimoss eliminat spostat non_è_più. inesistente. не_найден не_существ удален удалён удалена перемещен перенес устарел не_нашл больше_нет. нет_на не_знайден не_існує. видален перенесен немає. \
        niet_gevonden. niet_vinden. bestaat_niet. niet_meer. verplaatst. bestaat. hittade hittades hittar finns_inte. flyttats borttag tagits_bort. inte_längre. finnes_ikke. finner_ikke. fant_ikke. ikke_funnet. \
        fjernet. flyttet. slettet. findes_ikke. fandt_ikke. finde_siden. ikke_længere. eksisterer ei_löydy. ei_löytynyt. löytynyt poistettu siirretty olemassa. nie_znalezion nie_znaleź nie_istnieje. nie_ma. usunięt \
        przeniesion nenalezen nenašli odstraněn přesunut smazán smazan nem_található. nem_létezik. törölt áthelyez nu_a_fost_găsit nu_există. nu_mai. ștears mutat bulunamad bulamad mevcut_değil. kaldırıl taşın silin \
        yok. δεν_βρέθηκε. δεν_υπάρχει. δεν_βρήκαμε. διαγραφ μετακιν tidak_ditemukan. tidak_ada. dihapus. dipindahkan. tidak_tersedia_lagi. không_tìm_thấy. không_tồn_tại. đã_bị_xóa. غير_موجود لم_يتم_العثور لم_نتمكن \
        تعذر_العثور حذف نقل לא_נמצא לא_קיים הוסר הועבר یافت_نشد حذف_شده वजूद नहीं_मिल हटा 不存在 找不到 未找到 已删除 已被删除 已刪除 移动 移除 失效 見つかりません 見つからない 存在しません 削除 移動 찾을_수_없 존재하지 삭제 이동 stale. run_out. ran_out. taken_offline \
        pulled_from stop_publishing not_yet_public. not_public. not_yet_published not_published. may_not_be_displayed may_not_be_shown be_displayed. cannot_be_displayed. cannot_be_read. can_no_longer any_more. anymore. \
        anywhere. no_trace leads_nowhere leads_to_nothing does_not_lead embargo. court_has_ordered ordered_us_to legal_grounds legal_reasons rechtlichen_gründen zurückgezogen depubliziert offline_genommen nicht_länger. \
        nichts_hinterlegt. nicht_hinterlegt wurde_gelöscht ungültig nichts_zu_finden. ins_leere. retiré_à retiré_par a_été_retiré été_retirée plus_en_ligne plus_disponible. restent_en_ligne délai périmé plus_rien. \
        mène_nulle raisons_légales raisons_juridiques retirada. retirado. despublicad dado_de_baja enlace_roto mal_escrit ya_no_está motivos_legales razones_legales cancellat non_più. ritirat rimossa. motivi_legali \
        saiu_do_ar fora_do_ar retirada_do_ar retirado_do_ar motivos_judiciais снят_с снята. снято. публикация_снят изъят по_решению_редакц битая вилучен знято_з wycofan nieaktual zdjęty. z_przyczyn_prawnych \
        teruggetrokken offline_gehaald avpublicer dragits_tillbaka trukket_tilbage trukket_tilbake avpublisert poistunut vedetty_pois yayından_kaldır yayında_değil kaldırılmış. artık_yok 掲載終了 公開終了 掲載期間 公開期間 配信期間 の公開は \
        公開を終了 掲載を終了 公開されてい 取り下げ 期限切れ 过期 過期 下架 撤回 撤下 已失效 没有找到 만료 게시가_중단 삭제되 حُذف أزيل لم_يعد انتهت_صلاحية نُقل نقله נמחק הוסרה לא_נמצאה nothing_at. nothing_under. empty_shelf blank_page left_the_building wrong_turn \
        off_the_map mislaid misplaced seite_leer leere_seite page_blanche página_en_blanco pagina_vuota пустая_страница pusta_strona archiviert. archived. archivé archivad archiviat inzwischen_gelöscht \
        looked_everywhere. looked_under have_looked not_in_the cercato_ovunque ovunque. non_c'è_nulla. qui_non_c'è non_c'è_più. buscado_por_todas cherché_partout überall_gesucht nichts_da. nada_aquí aquí_no_hay \
        aqui_não_há nada_por_aqui nic_tu_nie ничего_нет ничего_не_нашл здесь_пусто 走丢 下线 迷路 顯示不存在 burada_bir_şey hiçbir_şey niets_gevonden ingenting_här intet_her ingenting_her tulosta"),
    (C::Page, "leht. lehekülg artikkel. lapa. raksts puslapis straipsn stranica članak. članek. stran_ stránk článok страниц статия. чланак. pàgina front_page. landing_page. this_address. schlagzeile. titelseite. une_ \
        première_page. portada. capa_ prima_pagina. главную. головну. voorpagina. förstasida. forsiden. etusivulle. główną. hlavní_stran címlap anasayfa. ana_sayfa. αρχική. beranda. trang_chủ. الرئيسية דף_הבית \
        صفحه_اصلی मुख्य_पृष्ठ 首页 首頁 トップページ 홈으로 page. pages. article. story. link. url. address. content. post. resource. website. site. homepage. home_page. seite artikel beitrag adresse link startseite inhalt webseite \
        website page_ article_ lien. site_ contenu. accueil. página artículo enlace. dirección. contenido sitio. inicio. noticia nota artigo matéria endereço conteúdo pagina articolo indirizzo contenuto sito. notizia \
        стать материал ссылк адрес сайт главн сторінк стат[тя] посилан adres inhoud startpagina sida sidan länk innehåll webbplats startsid side siden artikkel saken innhold lenke nettsted forsid indhold webside sivu \
        sivust artikkeli juttu linkki sisältö etusivu stron artykuł treść článk odkaz obsah oldal cikk hivatkozás tartalom pagină articol conținut link-ul sayfa haber içerik bağlantı σελίδα άρθρο σύνδεσμο περιεχόμενο \
        halaman konten tautan trang_ bài_viết liên_kết. الصفحة المقال الرابط المحتوى الموقع הדף העמוד הכתבה התוכן הקישור האתר صفحه مطلب محتوا पेज पृष्ठ लेख सामग्री 页面 頁面 网页 網頁 文章 链接 連結 内容 內容 ページ 記事 リンク サイト コンテンツ 페이지 기사 \
        링크 콘텐츠 주소 사이트 this_text. this_piece. this_item. this_report. our_archive from_this_server. dieser_text. dieser_beitrag. diese_seite. dieser_adresse cet_article. cette_page. cette_enquête este_texto. \
        esta_noticia. este_contenido esta_reportagem questo_pezzo questa_pagina этот_текст публикаци цю_новину цю_стат ten_tekst. tento_text. dit_bericht. texten_ denne_teksten. bu_içerik bu_haber 本文 该内容 該內容 本ページ 当ページ \
        기사는 기사를 web_page. webbsid sitio_web servidor. server. der_text. den_text. the_text. texte_que el_texto. il_testo. den_artikel. dieses_video. this_video. this_series. picture_series this_one. cette_vidéo. \
        este_vídeo. este_video. questo_video. это_видео. toto_video. denna_video. questa_pagina. 新闻可能 该新闻 此文 此页 当該記事"),
    (C::Human, "a_person. una_persona. uma_pessoa. pessoa. persona_real. personne_réelle. echte_person. een_mens. en_person. kişi_ personă machine. maschine. une_machine. máquina. macchina. machine_ машин برنامج 机器 機械 기계 \
        human. humans. robot. robots. a_bot. bot. bots. captcha recaptcha hcaptcha puzzle. automated. automation. scraping. crawler real_person. mensch. menschlich roboter automatisiert humain automat robot humano \
        humana. umano. persona_reale. человек робот людин бот. mens_ människa menneske robotti ihminen człowiek robotem člověk ember. om_ insan. άνθρωπ ρομπότ manusia. con_người. người_máy. إنسان روبوت אנושי רובוט بات \
        ربات انسان मानव रोबोट 机器人 機器人 真人 人机 验证码 驗證碼 ロボット 人間 로봇 사람 자동화 somebody_at the_keyboard. real_reader. or_program. or_machine not_a_program a_script_ un_programma. che_tu_non_sia un_programme_auto. kein_programm. \
        gép. gépi プログラム of_these_pictures images_with letters_you characters_you ampeln. traffic_lights semáforos semafori feux_de 交通信号 colour_of color_of_ which_of_these small_test little_test quick_test petit_test \
        kleiner_test test_rapide"),
    (C::Verify, "kinnita pārbaud patvirtin patikrin potvrdite. provjer potrdi preverj overte потвърд проверк потврд verifiqueu legit legítim legittim legitim verif confirm prove proving proof check_ checking checks. security \
        secure_ tick_the. tick_ press_ hold_ solve. complete_the. challenge. validat inspect overprüf überprüf prüf bestätig sicherheit nachweis beweis vérif confirme confirmez prouve sécurit cochez. contrôle verific \
        comprueb comprob demuestra seguridad. marca_ segurança. prove_ marque_ sicurezza. dimostra conferm провер подтверд докаж безопасн перевір підтверд безпек controleer verifi bevestig beveilig bewijs kontroller \
        bekräfta bevisa säkerhet bekreft sikkerhet bekræft sikkerhed vahvista tarkist turvallisuu potwierdź weryfik sprawdz bezpiecz potvrď ověř kontrol bezpečn ellenőriz erősít bizonyít biztonság securit doğrula \
        güvenlik επαλήθ επιβεβαί έλεγχο ασφάλει verifikasi. konfirmasi. keamanan. xác_minh. xác_nhận. kiểm_tra. bảo_mật. تحقق التحقق تأكيد تأكد أكّد للتأكد الأمان אימות אמת לאמת בדיקת אבטחה تأیید امنیت सत्याप जांच \
        पुष्टि 验证 驗證 确认 確認 检查 安全 認証 検証 セキュリティ 확인 인증 검증 보안 protection_system security_system schutzsystem. the_letters the_picture the_image select_all_ pictures_show images_below drag_the slide_the slider 拖动 滑块 画像認証 \
        wählen_sie_alle alle_bilder bilder_aus kurz_prüf wir_prüfen. recopiez. répondez_pour escriba_las escriba_lo escreva_as scrivi_le scrivi_il с_картинки символы_с przepisz wpisz_znaki opište igazol \
        your_connection. ihre_verbindung deine_verbindung votre_connexion su_conexión tu_conexión tua_connessione sua_conexão ваше_соединение ваше_підключення twoje_połącz bağlantınız 接続を ネットワーク環境"),
    (C::Blocked, "waiting_room. in_the_queue. queue_ cool_off. too_fast. too_quickly. so_many. this_many. limit_of_requests. throttl warteschlange. zu_schnell. file_d'attente. trop_vite. cola_de. demasiado_rápido. muito_rápido. \
        troppo_veloc очеред kolejk wachtrij. kö. 排队 順番 request_rejected. requested_url. rejected. administrator. access_denied. denied. blocked. forbidden. not_authori don't_have_permission. do_not_have_permission. \
        permission. unusual_ suspicious. ip_address. ip. your_ip. ray_id. reference_id. incident_id. support_id. request_id. error_code. error. too_many. rate_limit requests. slow_down. limit_exceeded. rate. \
        traffic_from. your_network. temporarily_blocked. few_seconds. few_minutes. try_again. moment. wait_ waiting_ captcha. ddos. firewall. cloudflare. 403 429 503 451 zugriff_verweigert. verweigert. blockiert. \
        gesperrt. ungewöhnlich anfragen. ip-adresse. zu_viele. netzwerk. warten. sekunden. minuten. erneut versuchen_sie. fehler accès_refusé. refusé. bloqué interdit inhabituel adresse_ip. trop_de. requêtes. patient \
        quelques_ réessay erreur acceso_denegado. denegad bloquead prohibid inusual dirección_ip. demasiad solicitudes. peticiones. espere. espera_ unos_segundos. intént inténtal vuelve_a acesso_negado. negado. \
        bloqueado. incomum excesso muitas_ pedidos. solicitações. aguarde. segundos. tente_nov accesso_negato. negato. bloccat vietat insolit troppe_ richieste. attendi. attend qualche riprova. riprovare. errore \
        доступ_запрещ доступ_ограничен. заблокир запрещ запрет необычн подозрит ip-адрес слишком запросов. подожд секунд попробуйте повторите позже ошибка. заборон забагато зачекай спробуйте запитів помилка. \
        toegang_geweigerd. geweigerd. geblokkeerd. ongebruikelijk te_veel. verzoeken. wacht_ seconden. probeer opnieuw fout åtkomst_nekad. nekad blockerad ovanlig för_många. vänta. försök_ förfrågningar. fel. \
        tilgang_nektet. nektet blokkert uvanlig for_mange. vent_ prøv_ forespørsler. adgang_nægtet. nægtet blokeret usædvanlig pääsy_estetty. estetty poikkeava liian_monta. odota. yritä_ odmow zablokow nietypow \
        zbyt_wiele. zbyt_dużo. poczekaj. zaczekaj. spróbuj odepřen zablokov neobvykl příliš vyčkejte. počkejte. zkuste_ megtagad letilt szokatlan túl_sok. várjon. próbálja acces_interzis. blocat neobișnuit prea_multe. \
        așteptați. încerca erişim_engellendi. engellen olağandışı. çok_fazla. bekleyin. tekrar_deneyin. tekrar_dene. απαγορ αποκλεισ ασυνήθιστ πάρα_πολλά περιμέν δοκιμάσ akses_ditolak. ditolak. diblokir. \
        terlalu_banyak. tunggu. coba_lagi. truy_cập. bị_chặn. quá_nhiều. vui_lòng_đợi. thử_lại. تم_رفض محظور حظر غير_معتاد غير_اعتيادي طلبات الانتظار لحظات حاول المحاولة נדחתה חסומ נחסם חריג יותר_מדי המתן נסו مسدود \
        بیش_از تلاش अवरुद्ध प्रयास 拒绝访问 拒絕 被拒绝 屏蔽 封锁 封鎖 异常 異常 过于频繁 频繁 頻繁 请求 請求 稍候 稍后 稍後 重试 重試 アクセスが拒否 ブロック 拒否されま 異常な 通常と異なる リクエスト お待ち しばらく 再度 차단 거부 비정상 너무_많 요청 잠시 다시_시도 was_stopped stopped_by. our_filter our_firewall \
        clicking_faster faster_than_any incident_n incident_id quote_incident gestoppt. vorgangsnummer. vorgangs-id fehlernummer abgelehnt. pare-feu suspecte. requête_suspecte numéro_d'incident trafic_inhab \
        fuera_de_lo_común tráfico_inusual tráfico_fuera cortafuegos. traffico_anomalo numero_di_incidente tráfego_anormal fora_do_comum остановила_ваш остановил_ваш защиты_остан система_защит системы_защит \
        номер_события номер_запроса номер_інциденту система_захист blokad zapora_siec güvenlik_duvar güvenlik_sistem olay_no olay_numara şüpheli. engelledi. engellendi. アクセス制限 制限してい 制限され 多数のアクセス 접속_제한 접속이 접속을 受限 访问受限 \
        訪問受限 限制访问 访问被 异常流量"),
    (C::Region, "piirkon riigis. valstī reģion šalyje. region zemlj regij države. krajin държав стран земљ abroad. overseas. viewers_in. readers_in. rights_holder broadcast_rights. ausland. à_l'étranger. extranjero. exterior. \
        estero. за_рубежом. зарубеж buitenland. utomlands. utlandet. udlandet. ulkomail za_granic zahranič külföld străinătate. yurt_dışı. εξωτερικ luar_negeri. nước_ngoài. بالخارج 海外 境外 해외 where_you_live. europe. \
        your_market. eu. gdpr. vpn. 451. your_region. region. your_country. country. your_location. location. territor outside_ geograph geo- european_union. economic_area. eea. european. rights. licens licenc \
        jurisdiction. where_you_are. deinem_land. ihrem_land. ihrer_region. land. standort. europäisch wirtschaftsraum lizenz rechtlich rechte votre_pays. votre_région. pays. région. zone_géo géograph territoire. \
        localisation. droits. votre_zone. tu_país. su_país. país. región. ubicación. territorio. derechos. geográfic região. localização. direitos. território. tuo_paese. paese. regione. area_geografica. posizione. \
        diritti. geografic вашей_стран вашем_регион регион территор правооблад лицензи країн регіон ліценз jouw_land. uw_land. regio. locatie. rechten. gebied. ditt_land. område. rättighet landet_ditt. rettighet \
        dit_land. maassa alueella sijainti oikeuks twoim_kraju. kraju. regionie. lokalizacj praw_ zemi. regionu. oblasti. poloze. práva. országod régió térség jogok țara regiunea locația drepturi ülke bölge konum \
        lisans χώρα περιοχή τοποθεσία δικαιώμα negara wilayah lokasi. hak_ quốc_gia. khu_vực. vùng. بلدك بلدكم منطقتك منطقتكم دولتك المنطقة الجغرافي موقعك חוקיות בארצ מדינת באזור کشور منطقه देश क्षेत्र 地区 地區 国家 國家 所在地 \
        版权 版權 地域 国や お住まい 権利 국가 지역 권리 nordic. only_in_ keep_european visitors_from_ readers_from_ lizenzrecht lizenzgründen rechtegründen nur_in_österreich nur_in_der_schweiz nur_in_deutschland im_inland. hors_zone \
        hors_de_france n'est_diffusé diffusé_qu uniquement_en_ depuis_la_france fuera_de_zona solo_se_puede_ver se_conecta_desde sólo_en_ fuori_zona soltanto_dall solo_dall'italia solo_in_italia ti_colleghi da_altrove \
        fora_de_zona apenas_em_ conecta_de_ только_на_территор лишь_на_территор на_территории вне_зоны лише_на_територ yurt_içi yalnızca_türkiye 国内で 国内のみ 日本国内 地域制限 地区限制 中国大陆 大陆地区 仅在 국내에서만 해외에서는 desservi. \
        hors_de_belgique hors_de_ außerhalb_der. außerhalb_von. ne_peuvent_ouvrir rights_to. rights_end. länderbeschränk geobloqueo geoblock geo-block geosperre geoblocage donde_usted_está où_vous_êtes wo_sie_sind \
        dove_ti_trovi onde_você_está där_du_är waar_u_bent"),
    (C::Unavailable, "pole_saadaval. nav_pieejam nepasiek nije_dostup ni_na_voljo. nie_je_dostup не_е_достъп није_доступ no_està_disponible. not_available. unavailable. isn't_available. aren't_available. not_accessible. \
        can't_be_shown. cannot_be_shown. can't_show. cannot_provide. unable_to. not_offered. cannot_access. can't_access. not_permitted. cannot_be_viewed. can't_be_viewed. not_able. nicht_verfügbar. nicht_zugänglich. \
        nicht_abruf nicht_erreichbar. nicht_möglich. dürfen. pas_disponible. indisponible. non_disponible. n'est_pas_accessible. pas_accessible. plus_disponible. no_disponible. no_está_disponible. no_podemos. \
        não_está_disponível. indisponível. não_disponível. non_disponibil non_è_disponibil non_sono_disponibil non_accessibil недоступ не_доступ niet_beschikbaar. niet_toegankelijk. inte_tillgänglig otillgänglig \
        ikke_tilgjengelig utilgjengelig ikke_tilgængelig utilgængelig ei_ole_saatavilla ei_saatavilla. saatavilla niedostępn nie_jest_dostępn není_dostupn nedostupn nem_elérhet indisponibil nu_este_disponibil \
        kullanılamıyor. erişilemiyor. erişilemez. mevcut_değil. sunulm δεν_είναι_διαθέσιμ μη_διαθέσιμ tidak_tersedia. không_khả_dụng. không_có_sẵn. không_truy غير_متاح غير_متوفر אינו_זמין אינה_זמינה לא_זמין \
        در_دسترس_نیست उपलब्ध_नहीं 不可用 无法访问 無法 不提供 无法 利用できません ご利用いただけません ご覧いただけません 表示できません 이용할_수_없 사용할_수_없 제공되지 볼_수_없 may_only_be. can_only_be. cannot_be_played. can't_be_played. may_not_be. not_shown. keep_out. \
        zeigen_wir_nur nicht_gezeigt nur_in_ no_se_puede_ver solo_se_puede sólo_se_puede no_puede_ver. si_può_consultare_soltanto si_può_vedere_solo non_visibil não_pode_ser_vist só_pode_ser показ_невозмож показ_возмож \
        не_показыва のみご覧 でのみ 閲覧できません できません 无法显示 无法查看 仅在 볼_수_없습니다 이용하실_수_없 시청할_수_없 ne_peuvent_ouvrir können_wir_ihnen_nicht können_wir_nicht ne_pouvons_pas no_podemos_mostrar non_possiamo_mostrar não_podemos_mostrar \
        не_можем_показать nie_możemy_pokazać kan_inte_visas kan_ikke_vises kunnen_we_niet we_cannot_show we_can't_show"),
    (C::Maintenance, "hooldus apkope. priežiūr održavanj vzdrževanj údržb поддръжка. одржавањ manteniment short_break. normal_service. back_online. back_at. back_by. repairs. tidying. reparatur. réparation. de_retour_ riparazion \
        ripristin восстанов ремонт_сайт відновл storing. driftstopp. driftsstop. häiriö awaria. výpadk üzemszün arıza βλάβη gangguan. sự_cố. عطل تقنية תקלה اختلال 故障 障害 장애 복구 scheduled_ new_servers. moving_to. \
        we're_moving. relaunch umzug. mudança. mudando. traslado. mudanza. déménage переезд переїзд 移転 planned_ is_down. down. under_repair. geplant prévue. programad programmat plan_ плановы planow planlanan. \
        maintenance. back_soon. back_shortly. right_back. be_back. we'll_be. will_be_back. offline. upgrad down_for. under_construction. coming_soon. temporarily. scheduled. technical_ difficulties. \
        service_unavailable. outage. working_on. check_back. server. wartung in_kürze. gleich_wieder. bald_wieder. vorübergehend. technisch arbeiten_an. kurze_pause. de_retour. très_bientôt. bientôt. momentané \
        mise_à_jour. technique. travaux. mantenimiento. volvemos. volveremos. estaremos. de_vuelta. temporalmente. mejoras. manutenção. voltamos. em_breve. voltaremos. temporari manutenzione. torniamo. torneremo. \
        a_breve. presto. temporaneament техническ обслужив работы. работ. скоро. временно. обслуговув незабаром. тимчасово. технічн onderhoud. zo_terug. binnenkort. tijdelijk. underhåll. snart. tillbaka. tillfällig \
        vedlikehold. tilbake. midlertidig vedligehold huolto huollo pian. tilapäis konserwac wkrótce. tymczasow prace_techn przerwa_techn brzy. dočasn karbantart hamarosan. átmeneti mentenanță. curând. temporar bakım \
        yakında. geçici. kısa_süre. συντήρησ σύντομα. προσωριν pemeliharaan. perbaikan segera. sementara. bảo_trì. sớm. tạm_thời. صيانة الصيانة قريبا مؤقت תחזוקה בקרוב זמני تعمیر به‌زودی रखरखाव 维护 維護 升级 升級 暂时 暫時 メンテナンス \
        一時的 まもなく 점검 일시적 곧 broke_on something_broke something_went_wrong went_wrong. on_our_side. our_end. engineers_have overloaded. error_500 500. 502. 504. internal_error server_error. schiefgelaufen schief_gegangen. \
        störung. überlastet. umbau. auf_neue_server neue_server heute_abend_zurück. panne. surcharg changeons_de revenez_dans revenez_plus problème_technique une_erreur_est en_obras. renovando_la. algo_salió \
        algo_ha_ido saturado. en_un_rato. lavori_in_corso il_trucco. qualcosa_è_andato andato_storto. em_obras. algo_deu_errado. обновляем вернёмся вернемся что-то_пошло перегруж оновлюємо щось_пішло повернемось \
        coś_poszło przeciąż něco_se_pokaz bir_şeyler_ters 更新作業 作業を行 復旧 正在升级 正在升級 恢复 出错了 エラーが発生 문제가_발생 오류가 점검_중 presses_are under_the_hood twenty_minutes. half_an_hour. try_later. öppnar_igen. tager_en_pause pausar \
        åpner_igen. åbner_igen. avataan_pian. for_a_moment. unplugged. for_service. aggiornament. trwa_aktualizacja aktualizacj. zapraszamy_za wracamy. actualizando. atualizando."),
    (C::Age, "adults_only. grown-ups. over_the_age. year_of_birth. nur_für_erwachsene. interdit_aux_moins. +18. 18_años. 18_anos. 18_anni. 18_ans. 18_лет. 18_lat. 18_let. 18_jaar. unsuitable suitable_for. readers_under. \
        under_18. under_the_age. violent_ graphic_ alcohol. gambling. jugend ungeeignet. interdit_aux non_recommandé. no_apto. vietato_ai. impróprio ограничение_по_возраст 16+ ongeschikt. olämplig how_old. \
        drinking_age. your_age. age. years_old. years_of_age. years_or_older. adult. adults. over_18. 18+ 18. 21. 21+ date_of_birth. birth. born. legal_age. of_age. underage. mature. minors. alter. volljährig geburt \
        jahre_alt. jahren. jugendschutz jugendgefährd erwachsen ab_18. âge. majeur majorité. ans. naissance. adultes. mineurs. edad. años. nacimiento. mayor_de. mayores_de. adultos. menores. idade. anos. nascimento. \
        maior_de. maiores_de. adulto menores età. anni. nascita. maggiorenn adulti. minori. возраст лет. совершеннолет рожден взросл вік. років. повноліт leeftijd. jaar. geboorte volwassen ålder. år. född födelse \
        vuxna. vuxen. myndig alder. fødsel voksne. voksen ikä ikää. vuotias täysi-ikäi syntymä aikuis lat. wiek. pełnolet urodzen dorosł let. věk. zletil narozen dospěl éves. életkor. nagykorú születés felnőtt vârst \
        ani. nașter adulț yaş doğum reşit yetişkin ηλικί ετών. γέννησ ενήλικ usia. tahun. lahir. dewasa. tuổi. ngày_sinh. عمرك العمر عاما سنة الميلاد بالغ البالغين גיל גילך תאריך_לידה מבוגרים سن_ सال उम्र आयु 岁 歲 年龄 年齡 \
        出生 成年 歳 年齢 生年月日 成人 세_이상 나이 연령 생년월일 성인 not_for_children for_children. when_you_were_born. heurter plus_jeunes. jeune_public moins_de_18 menores_de não_recomendad sconsigliat для_детей исполнилось виповнилось 18歳 \
        歳以上 未成年 contenu_sensible contenido_sensible conteúdo_sensível contenuti_sensibili sensitive_content"),
    (C::Mail, "delivered_to. straight_to. weekly_ every_morning. in_your_ jeden_morgen. wöchentlich chaque_matin. chaque_semaine. hebdomadaire. cada_mañana. semanal ogni_mattina. settimanal каждое_утро. еженедельн \
        elke_ochtend. wekelijks varje_morgon. hver_morgen. co_tydzień. každé_ráno. 每天 毎朝 매일 newsletter. newsletters. inbox. email. e-mail. emails. mail. sign_up_for. signup. briefing. unsubscribe spam. posteingang. \
        postfach. e-mails. abmeld boîte infolettre. courriel. lettre_d'info désinscri correo boletín boletines. bandeja. suscríbete_al darse_de_baja. caixa. boletim. casella. posta. iscriviti. disiscri рассыл почт \
        имейл ящик розсил пошт скриньк nieuwsbrief. mailbox. uitschrijv nyhetsbrev nyhedsbrev inkorg innboks indbakke uutiskir sähköposti biuletyn skrzynk wypis zpravodaj e-mailov odběr hírlevél postafiók leiratkoz \
        buletin e-posta. e-bülten. bülten ενημερωτικ kotak_masuk. bản_tin. hộp_thư. بريد البريد النشرة نشرت ניוזלטר דואר תיבת خبرنامه ایمیل न्यूज़लेटर ईमेल 邮件 郵件 邮箱 電子報 メールマガジン ニュースレター メール 뉴스레터 이메일 by_e-mail. by_email. \
        monday_letter evening_letter morning_letter daily_letter weekly_letter our_letter free_letter daily_digest digest. jeden_mittag. jeden_tag. jeden_freitag. jeden_abend. täglich_per lettre_du lettre_de la_lettre. \
        lettre_ chaque_soir. chaque_vendredi. chaque_jour. un_correo. cada_tarde. cada_día. cada_viernes. de_lunes_a_viernes buzón. apuntarme. apúntate. ricevil ogni_giorno. ogni_sera. ogni_venerdì. todos_os_dias. \
        todas_as_manhãs каждый_день. каждую_пятницу. на_почту. ежедневн щодня. щоранку на_пошту codziennie. co_piątek. na_maila. her_sabah. her_hafta. her_gün. 毎日 毎週 お届け 每日 每周 매주 before_breakfast. delivered_ \
        open_every_day. start_their_day start_your_day"),
    (C::App, "android. ios. your_phone. smartphone. notifications. handy. téléphone. teléfono. telefone. telefono. телефон telefoon. mobilen. puhelim telefon. telefonu. الهاتف 手机 手機 スマホ 휴대폰 스마트폰 app. apps. our_app. the_app. \
        download. install. app_store. google_play. play_store. open_in. scan_ qr_code. qr. mobile_app. herunterladen. installier aplicación. descarg instal application. télécharg appli. install baix aplicativo. scaric \
        applicazione. installa приложени скача установ застосун завантаж встанов downloaden. installeer ladda_ner. appen. installera last_ned. hent_ installer sovellu lataa. asenna aplikacj pobierz zainstaluj aplikac \
        stáhn alkalmazás letölt telepít aplicați descărc uygulama indir. yükle εφαρμογή κατεβάσ λήψη aplikasi. unduh. pasang. ứng_dụng. tải_về. cài_đặt. التطبيق تطبيق تحميل تنزيل אפליקציה הורד اپلیکیشن برنامه دانلود ऐप \
        डाउनलोड 应用 應用 下载 下載 客户端 アプリ ダウンロード インストール 앱 다운로드 설치 iphone. aufs_handy. auf_dem_handy. in_der_app app_öffnen ouvrir_dans abrir_en_la abrir_no_app apri_nell open_the_app otwórz_w открыть_в_прилож works_offline \
        your_mobile متجر_التطبيقات حمل_تطبيق حمله_ امسح_الرمز هاتفك تنبيهات app-store"),
];
