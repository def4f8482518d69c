namespace MLNet.Sequence.Tests.Architectures;

/// <summary>How architectures inside others are read.</summary>
[TestClass]
public sealed class ArchitectureJsonTests
{
    [TestMethod]
    public void An_inner_architecture_is_read_over_its_own_defaults() =>
        AssertParses(new Bidirectional(new Tcn { Levels = 3 }), """{"name":"bidirectional","inner":{"name":"tcn","levels":3}}""");

    [TestMethod]
    public void Without_a_name_the_properties_change_the_inner_one_that_is_there() =>
        AssertParses(new Bidirectional(new Lstm { HiddenSize = 7 }), """{"name":"bidirectional","inner":{"hiddenSize":7}}""");

    [TestMethod]
    public void A_name_alone_is_the_architecture_with_its_defaults() =>
        AssertParses(new Bidirectional(new Gru()), """{"name":"bidirectional","inner":"gru"}""");

    [TestMethod]
    public void Architectures_nest_to_any_depth() => AssertParses(
        new Bidirectional(new Bidirectional(new Rnn { HiddenSize = 2 })),
        """{"name":"bidirectional","inner":{"name":"bidirectional","inner":{"name":"rnn","hiddenSize":2}}}""");

    [TestMethod]
    public void A_list_is_given_whole_or_changed_at_some_of_its_places()
    {
        AssertParses(new Ensemble(new Gru { HiddenSize = 3 }, new Rnn()), """{"name":"ensemble","members":[{"name":"gru","hiddenSize":3},"rnn"]}""");
        AssertParses(new Ensemble(new Lstm(), new Tcn { Levels = 2 }), """{"name":"ensemble","members":{"1":{"levels":2}}}""");
        AssertParses(new Ensemble(new Gru(), new Tcn()), """{"name":"ensemble","members":{"0":"gru"}}""");
    }

    [TestMethod]
    [DataRow("""{"name":"ensemble","members":{"2":"gru"}}""", "There is no architecture at '2': the list has the indices 0, 1.")]
    [DataRow("""{"name":"composed","layer":{"name":"causal-conv","channels":3}}""", "The layer 'causal-conv' needs the property 'kernelSize'.")]
    [DataRow("""{"name":"composed","layer":{"name":"dense","size":3,"moons":1}}""",
        "The layer 'dense' has no property 'moons'. It has: size, standardDeviation")]
    [DataRow("""{"name":"composed","layer":{"name":"sequential","layers":[{"name":"residual","inner":{"name":"dens"}}]}}""",
        "There is no layer named 'dens'. There are: activation, adaptive-softmax, attention-gru, branched")]
    [DataRow("""{"name":"bidirectional","inner":{"name":"lstn"}}""", "There is no architecture named 'lstn'. There are: ")]
    [DataRow("""{"name":"bidirectional","inner":{"moons":1}}""", "The architecture 'lstm' has no property 'moons'. It has: hiddenSize")]
    [DataRow("""{"name":"bidirectional","inner":{"layers":1.5}}""", "The property 'layers' of the architecture 'lstm' must be a whole number; found 1.5.")]
    [DataRow("""{"name":"stable-rnn","lambda":"much"}""", "The property 'lambda' of the architecture 'stable-rnn' must be a number; found \"much\".")]
    [DataRow("""{"name":"stable-rnn","recurrent":"Best"}""",
        "The property 'recurrent' of the architecture 'stable-rnn' must be one of Uniform, Orthogonal, Identity; found \"Best\".")]
    [DataRow("""{"name":"gru","dropout":null}""", "The property 'dropout' of the architecture 'gru' must be a number; found null.")]
    [DataRow("""{"name":"tcn","initialDeviation":"x"}""", "must be a number or null; found \"x\".")]
    [DataRow("""{"name":"lstm","variational":1}""", "must be true or false; found 1.")]
    [DataRow("""{"name":"bidirectional","inner":7}""", "cannot be read")]
    [DataRow("""{"name":"bidirectional","inner":[]}""", "An architecture is a JSON object or a name.")]
    [DataRow("""{"inner":"lstm"}""", "There is no architecture named ''")]
    [DataRow("7", "An architecture is a JSON object or a name.")]
    [DataRow("null", "An architecture is a JSON object or a name.")]
    public void An_unreadable_file_is_refused_with_the_reason(string json, string expected) =>
        StringAssert.Contains(Assert.ThrowsExactly<FormatException>(() => Architecture.Parse(json)).Message, expected);

    private static void AssertParses(Architecture expected, string json) => Assert.AreEqual(expected, Architecture.Parse(json));
}
