using System.Text.RegularExpressions;

namespace MLNet.Sequence.Tests.Architectures;

/// <summary>Every architecture has its files, its saved name and its contract.</summary>
[TestClass]
public sealed partial class ArchitectureCompletenessTests
{
    private static readonly Type[] Pairs = Concrete(typeof(EncoderDecoder)), Architectures = [.. Concrete(typeof(Architecture)).Except(Pairs)];

    [TestMethod]
    public void Every_architecture_has_one_class_that_derives_the_contract()
    {
        Type[] tested = [.. Concrete(typeof(ArchitectureContract)).Select(Subject)];
        CollectionAssert.AreEquivalent(Architectures, tested);
    }

    [TestMethod]
    public void Every_encoder_decoder_has_one_class_that_derives_the_contract_of_these()
    {
        EncoderDecoderContract[] contracts =
            [.. Concrete(typeof(EncoderDecoderContract)).Select(type => (EncoderDecoderContract)Activator.CreateInstance(type)!)];
        CollectionAssert.AreEquivalent(Pairs, contracts.Select(contract => contract.Invalid.GetType()).ToArray());
        Assert.IsTrue(contracts.All(contract => contract.Small.Count > 0
            && contract.Small.All(small => small.Architecture.GetType() == contract.Invalid.GetType())));
    }

    [TestMethod]
    public void Every_architecture_is_saved_under_the_kebab_case_of_its_name()
    {
        string[] names = [.. Architectures.Select(Kebab)];
        CollectionAssert.AreEquivalent(names, Architecture.Names.ToArray());
        CollectionAssert.AreEquivalent(Pairs.Select(Kebab).ToArray(), EncoderDecoder.Names.ToArray());
        foreach (Type type in Architectures.Concat(Pairs))
            Assert.AreEqual(Kebab(type), ((Architecture)Activator.CreateInstance(type)!).Name);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => EncoderDecoder.FromName("lstm")).Message, EncoderDecoder.Names[0]);
        Assert.ThrowsExactly<ArgumentException>(() => Architecture.FromName(EncoderDecoder.Names[0]));
        string message = Assert.ThrowsExactly<ArgumentException>(() => Architecture.FromName("lstn")).Message;
        foreach (string name in names)
            StringAssert.Contains(message, name);
    }

    [TestMethod]
    public void Every_architecture_is_a_sealed_record_in_a_file_of_its_name()
    {
        foreach (Type type in Architectures.Concat(Pairs))
        {
            Assert.IsTrue(type.IsSealed, type.Name);
            SourceTree.AssertHolds("src", "MLNet.Sequence.Runtime", "Architectures", $"{type.Name}.cs");
            SourceTree.AssertHolds("test", "MLNet.Sequence.Tests", "Architectures", $"{type.Name}Tests.cs");
        }
    }

    private static string Kebab(Type type) => WordStart().Replace(type.Name, "-").ToLowerInvariant();

    private static Type[] Concrete(Type root) =>
        [.. root.Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(root))];

    private static Type Subject(Type contract)
    {
        var instance = (ArchitectureContract)Activator.CreateInstance(contract)!;
        Type subject = instance.Invalid.GetType();
        Assert.IsTrue(instance.Cases.Count > 0 && instance.Cases.All(@case => @case.Architecture.GetType() == subject), contract.Name);
        return subject;
    }

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])")]
    private static partial Regex WordStart();
}
