namespace MLNet.Sequence.Samples.Speech;

/// <summary>Sentences in the public domain: Lewis Carroll, Alice's Adventures in Wonderland (1865), and Herman Melville, Moby-Dick (1851).</summary>
internal static class Sentences
{
    public static IReadOnlyList<string> All { get; } =
    [
        "Alice was beginning to get very tired of sitting by her sister on the bank, and of having nothing to do.",
        "Once or twice she had peeped into the book her sister was reading, but it had no pictures or conversations in it.",
        "Suddenly a white rabbit with pink eyes ran close by her.",
        "There was nothing so very remarkable in that.",
        "Alice started to her feet, and ran across the field after it.",
        "In another moment down went Alice after it, never once considering how in the world she was to get out again.",
        "The rabbit hole went straight on like a tunnel for some way, and then dipped suddenly down.",
        "Either the well was very deep, or she fell very slowly.",
        "She took down a jar from one of the shelves as she passed.",
        "Down, down, down. Would the fall never come to an end?",
        "I wonder how many miles I've fallen by this time, she said aloud.",
        "There were doors all round the hall, but they were all locked.",
        "She came upon a little table, all made of solid glass.",
        "It was much pleasanter at home, thought poor Alice.",
        "Curiouser and curiouser, cried Alice.",
        "How doth the little crocodile improve his shining tail.",
        "I can't explain myself, I'm afraid, because I'm not myself, you see.",
        "Who are you? said the caterpillar.",
        "One side will make you grow taller, and the other side will make you grow shorter.",
        "Would you tell me, please, which way I ought to go from here?",
        "That depends a good deal on where you want to get to, said the cat.",
        "We're all mad here. I'm mad. You're mad.",
        "There was a table set out under a tree in front of the house.",
        "It was the best butter, the hare meekly replied.",
        "Why is a raven like a writing desk?",
        "Begin at the beginning, and go on till you come to the end. Then stop.",
        "Call me Ishmael.",
        "Some years ago, having little or no money in my purse, I thought I would sail about a little.",
        "It is a way I have of driving off the spleen, and regulating the circulation.",
        "There is nothing surprising in this.",
        "There now is your insular city, belted round by wharves as Indian isles by coral reefs.",
        "Its extreme downtown is the battery, where that noble mole is washed by waves.",
        "Look at the crowds of water gazers there.",
        "What do they here?",
        "Strange! Nothing will content them but the extremest limit of the land.",
        "Let the most absent minded of men be plunged in his deepest reveries.",
        "Meditation and water are wedded for ever.",
        "Why did the old Persians hold the sea holy?",
        "I stuffed a shirt or two into my old carpet bag, and started for the cape.",
        "It was a very dark and dismal night, bitingly cold and cheerless.",
    ];
}
