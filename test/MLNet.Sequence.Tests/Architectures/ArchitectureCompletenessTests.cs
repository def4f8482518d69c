using System.Text.RegularExpressions;

namespace MLNet.Sequence.Tests.Architectures;

/// <summary>Every architecture has its files, its saved name and its contract.</summary>
[TestClass]
public sealed partial class ArchitectureCompletenessTests
{
    private static readonly Type[] Architectures = Concrete(typeof(Architecture));

    [TestMethod]
    public void Every_architecture_has_one_class_that_derives_the_contract()
    {
        Type[] tested = [.. Concrete(typeof(ArchitectureContract)).Select(Subject)];
        CollectionAssert.AreEquivalent(Architectures, tested);
    }

    [TestMethod]
    public void Every_architecture_is_saved_under_the_kebab_case_of_its_name()
    {
        string[] names = [.. Architectures.Select(type => WordStart().Replace(type.Name, "-").ToLowerInvariant())];
        CollectionAssert.AreEquivalent(names, Architecture.Names.ToArray());
        foreach (Type type in Architectures)
            Assert.AreEqual(WordStart().Replace(type.Name, "-").ToLowerInvariant(), ((Architecture)Activator.CreateInstance(type)!).Name);
        string message = Assert.ThrowsExactly<ArgumentException>(() => Architecture.FromName("lstn")).Message;
        foreach (string name in names)
            StringAssert.Contains(message, name);
    }

    [TestMethod]
    public void Every_architecture_is_a_sealed_record_in_a_file_of_its_name()
    {
        foreach (Type type in Architectures)
        {
            Assert.IsTrue(type.IsSealed, type.Name);
            SourceTree.AssertHolds("src", "MLNet.Sequence.Runtime", "Architectures", $"{type.Name}.cs");
            SourceTree.AssertHolds("test", "MLNet.Sequence.Tests", "Architectures", $"{type.Name}Tests.cs");
        }
    }

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
